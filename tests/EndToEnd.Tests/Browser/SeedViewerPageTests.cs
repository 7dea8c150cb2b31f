using Microsoft.Playwright;
using OrleansRelay.EndToEnd.Tests.Machine;
using OrleansRelay.Recordings;
using OrleansRelay.Recordings.Payload;
using OrleansRelay.Recordings.Playing;

namespace OrleansRelay.EndToEnd.Tests.Browser;

/// <summary>The logic of the first dashboard relay's viewer page works unchanged (Pages/seed-viewer.html).</summary>
[Collection(RelayCollection.Name)]
public sealed class SeedViewerPageTests(RelayProcess relay, ChromiumFixture chromium)
{
    [ChromiumFact]
    public async Task PrependsEachUnpackedMessageBufferedAndLive()
    {
        var channel = RelayProcess.NewChannel();
        var game = GameRecording.Generate(RecordedGame.ById(1), seed: 1);
        await using var publisher = await PublisherConnection.OpenAsync(relay.WebSocketAddress, channel, CancellationToken.None);
        foreach (var message in game.Take(300))
        {
            await publisher.SendAsync(message, CancellationToken.None);
        }

        await using var site = await StaticPages.StartAsync();
        await using var page = await chromium.OpenAsync(site.Address, $"seed-viewer.html#{relay.WebSocketAddress},{channel}");
        var log = page.Page.Locator("#log li");
        await Assertions.Expect(log).ToHaveCountAsync(300);
        foreach (var message in game.Skip(300).Take(20))
        {
            await publisher.SendAsync(message, CancellationToken.None);
        }

        await Assertions.Expect(log).ToHaveCountAsync(320);
        var expected = game.Take(320).Reverse().Select(message => DashboardPayload.Decode(message.Text));
        Assert.Equal(expected, await log.AllTextContentsAsync());
        page.AssertNoComplaints();
    }
}
