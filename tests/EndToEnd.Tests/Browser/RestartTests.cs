using Microsoft.Playwright;
using OrleansRelay.EndToEnd.Tests.Machine;
using OrleansRelay.Recordings;
using OrleansRelay.Recordings.Playing;

namespace OrleansRelay.EndToEnd.Tests.Browser;

/// <summary>The relay restarts under open pages. It has a relay of its own, which no other test watches, and a browser of its own, so that it runs beside the others.</summary>
public sealed class RestartTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>, IAsyncLifetime
{
    private readonly RelayProcess _relay = new();

    public Task InitializeAsync() => MachineParts.IsLeftOut(MachineParts.Chromium) ? Task.CompletedTask : _relay.InitializeAsync();

    public Task DisposeAsync() => _relay.DisposeAsync();

    [ChromiumFact]
    public async Task AWatchingPageComesBackAndMissesNothing()
    {
        var channel = RelayProcess.NewChannel();
        await PublishAsync(channel, GameRecording.Generate(RecordedGame.ById(3), seed: 2).Take(500));
        await using var page = await chromium.OpenAsync(_relay.Address, $"#/watch/{channel}");
        await page.ShowsAsync("received", "500");

        await _relay.RestartAsync();

        await Assertions.Expect(page.Element("mark-recovered")).ToBeAttachedAsync();
        await page.ShowsAsync("connection", "Connected");
        await page.ShowsAsync("received", "500");
    }

    [ChromiumFact]
    public async Task TheFirstRelaysViewerPageStartsOverAsItAlwaysDid()
    {
        var channel = RelayProcess.NewChannel();
        await PublishAsync(channel, GameRecording.Generate(RecordedGame.ById(3), seed: 3).Take(40));
        await using var site = await StaticPages.StartAsync();
        await using var page = await chromium.OpenAsync(site.Address, $"seed-viewer.html#{_relay.WebSocketAddress},{channel}");
        await Assertions.Expect(page.Page.Locator("#log li")).ToHaveCountAsync(40);

        await _relay.StopAsync();
        await Assertions.Expect(page.Page.Locator("#log li")).ToHaveCountAsync(0);
        await _relay.InitializeAsync();

        await Assertions.Expect(page.Page.Locator("#log li")).ToHaveCountAsync(40);
    }

    private async Task PublishAsync(string channel, IEnumerable<RecordedMessage> messages)
    {
        await using var publisher = await PublisherConnection.OpenAsync(_relay.WebSocketAddress, channel, CancellationToken.None);
        foreach (var message in messages)
        {
            await publisher.SendAsync(message, CancellationToken.None);
        }
    }
}
