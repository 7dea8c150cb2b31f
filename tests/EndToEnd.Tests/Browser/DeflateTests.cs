using OrleansRelay.EndToEnd.Tests.Machine;

namespace OrleansRelay.EndToEnd.Tests.Browser;

/// <summary>Chromium, which offers permessage-deflate always, against a relay that accepts it: its own WebSockets, and the page.</summary>
[Collection(RelayCollection.Name)]
public sealed class DeflateTests(ChromiumFixture chromium) : IAsyncLifetime
{
    /// <summary>Publishes texts over one WebSocket and resolves with what another one got of them.</summary>
    private const string Relayed = """
        async ([channel, texts]) => {
          const open = path => new Promise((done, failed) => {
            const socket = new WebSocket(`ws://${location.host}/${path}/${channel}`);
            socket.onopen = () => done(socket);
            socket.onerror = failed;
          });
          const viewer = await open('viewer');
          const got = [];
          const all = new Promise(done => viewer.onmessage = event => got.push(event.data) === texts.length && done());
          const publisher = await open('streamer');
          texts.forEach(text => publisher.send(text));
          await all;
          publisher.close(1000);
          return { extensions: [viewer.extensions, publisher.extensions], got };
        }
        """;

    private readonly RelayProcess _relay = new();

    public Task InitializeAsync()
    {
        _relay.Settings["Deflate__IsEnabled"] = "true";
        return _relay.InitializeAsync();
    }

    public Task DisposeAsync() => _relay.DisposeAsync();

    [ChromiumFact]
    public async Task ABrowserCompressesBothWaysAndThePageShowsTheSame()
    {
        var channel = RelayProcess.NewChannel();
        string[] texts = ["short", new('x', 3000), string.Concat(Enumerable.Range(0, 5000)), "last – ☃"];
        await using var page = await chromium.OpenAsync(_relay.Address, $"#/watch/{channel}");

        var relayed = (await page.Page.EvaluateAsync(Relayed, new object[] { channel, texts })).GetValueOrDefault();

        Assert.All(relayed.GetProperty("extensions").EnumerateArray(), agreed => Assert.StartsWith("permessage-deflate; client_no_context_takeover", agreed.GetString(), StringComparison.Ordinal));
        Assert.Equal(texts, relayed.GetProperty("got").EnumerateArray().Select(text => text.GetString()));
        await page.ShowsAsync("received", "4");
        page.AssertNoComplaints();
    }
}
