using System.Text;
using OrleansRelay.EndToEnd.Tests.Machine;

namespace OrleansRelay.EndToEnd.Tests.Clients;

/// <summary>The npm package <c>ws</c>, which offers permessage-deflate by default, against a relay that accepts it.</summary>
public sealed class WsDeflateTests : IAsyncLifetime
{
    private readonly RelayProcess _relay = new();
    private readonly string _channel = RelayProcess.NewChannel();

    public Task InitializeAsync()
    {
        _relay.Settings["Deflate__IsEnabled"] = "true";
        return _relay.InitializeAsync();
    }

    public Task DisposeAsync() => _relay.DisposeAsync();

    [NodeFact]
    public async Task BothSidesCompressAndNothingIsChanged()
    {
        // ws compresses what has 1,024 bytes and more, so both kinds of message go up, and both come down.
        Message[] messages = [.. Enumerable.Range(0, 200).Select(number => new Message(number % 5 == 0, Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"{number} žluťoučký 🐎 ", number))))))];
        await using var early = await WatchAsync("viewer");
        await using var publisher = NodeProcess.Start("ws-publisher.mjs", Address("streamer"));
        foreach (var message in messages)
        {
            await publisher.WriteAsync(message);
        }

        await ReadAllAsync(early, messages);
        await using var late = await WatchAsync("viewers");
        await ReadAllAsync(late, messages);
        publisher.EndInput();
        Assert.Equal(1000, (await publisher.ReadAsync<Closed>("the relay to answer the publisher's close")).Code);
    }

    private string Address(string role) => new Uri(_relay.WebSocketAddress, $"{role}/{_channel}").ToString();

    private async Task<NodeProcess> WatchAsync(string role)
    {
        var viewer = NodeProcess.Start("ws-viewer.mjs", Address(role));
        Assert.Equal("permessage-deflate", (await viewer.ReadAsync<Opened>("a viewer to connect")).Extensions);
        return viewer;
    }

    private static async Task ReadAllAsync(NodeProcess viewer, Message[] messages)
    {
        for (var i = 0; i < messages.Length; i++)
        {
            Assert.Equal(messages[i], await viewer.ReadAsync<Message>($"message {i + 1} of {messages.Length}"));
        }
    }

    private sealed record Opened(string Extensions);

    private sealed record Message(bool IsBinary, string Base64);

    private sealed record Closed(int Code);
}
