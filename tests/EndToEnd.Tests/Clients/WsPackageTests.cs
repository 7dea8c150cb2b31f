using OrleansRelay.EndToEnd.Tests.Machine;
using OrleansRelay.Recordings;

namespace OrleansRelay.EndToEnd.Tests.Clients;

/// <summary>A plain client of the npm package <c>ws</c> publishes and watches, knowing nothing of this relay.</summary>
[Collection(RelayCollection.Name)]
public sealed class WsPackageTests(RelayProcess relay)
{
    [NodeFact]
    public async Task ViewersGetWhatAPublisherSentByteForByteAndInItsKind()
    {
        var channel = RelayProcess.NewChannel();
        Message[] messages =
        [
            .. GameRecording.Generate(RecordedGame.ById(2), seed: 1).Take(500).Select(message => new Message(false, Convert.ToBase64String(message.Payload.Span))),
            new(true, Convert.ToBase64String([0, 255, 128])),
            new(false, Convert.ToBase64String("žluťoučký kůň 🐎"u8)),
            new(true, ""),
        ];
        await using var early = NodeProcess.Start("ws-viewer.mjs", Address("viewer", channel));
        Assert.True((await early.ReadAsync<Opened>("the early viewer to connect")).Open);

        await using var publisher = NodeProcess.Start("ws-publisher.mjs", Address("streamer", channel));
        foreach (var message in messages)
        {
            await publisher.WriteAsync(message);
        }

        await ReadAllAsync(early, messages);
        await using var late = NodeProcess.Start("ws-viewer.mjs", Address("viewers", channel));
        Assert.True((await late.ReadAsync<Opened>("the late viewer to connect")).Open);
        await ReadAllAsync(late, messages);

        publisher.EndInput();
        Assert.Equal(1000, (await publisher.ReadAsync<Closed>("the relay to answer the publisher's close")).Code);
    }

    private string Address(string role, string channel) => new Uri(relay.WebSocketAddress, $"{role}/{channel}").ToString();

    private static async Task ReadAllAsync(NodeProcess viewer, Message[] messages)
    {
        for (var i = 0; i < messages.Length; i++)
        {
            Assert.Equal(messages[i], await viewer.ReadAsync<Message>($"message {i + 1} of {messages.Length}"));
        }
    }

    private sealed record Opened(bool Open);

    private sealed record Message(bool IsBinary, string Base64);

    private sealed record Closed(int Code);
}
