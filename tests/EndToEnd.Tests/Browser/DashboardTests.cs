using Microsoft.Playwright;
using OrleansRelay.EndToEnd.Tests.Machine;
using OrleansRelay.Recordings;
using OrleansRelay.Recordings.Playing;

namespace OrleansRelay.EndToEnd.Tests.Browser;

[Collection(RelayCollection.Name)]
public sealed class DashboardTests(RelayProcess relay, ChromiumFixture chromium)
{
    [ChromiumFact]
    public async Task DrawsABufferedGameAndFollowsItToItsEnd()
    {
        var channel = RelayProcess.NewChannel();
        var game = GameRecording.Generate(RecordedGame.ById(3), seed: 1);
        await using var publisher = await PublisherConnection.OpenAsync(relay.WebSocketAddress, channel, CancellationToken.None);
        foreach (var message in game.Take(8000))
        {
            await publisher.SendAsync(message, CancellationToken.None);
        }

        await using var page = await chromium.OpenAsync(relay.Address, $"#/dashboard/{channel}");
        await Assertions.Expect(page.Element("player")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Element("dashboard-meta")).ToContainTextAsync("8,000 messages");
        await Assertions.Expect(page.Element("clock")).ToContainTextAsync("33:");
        foreach (var drawing in new[] { "chart-score", "chart-population", "map" })
        {
            Assert.True(await CountColorsAsync(page.Element(drawing)) > 5, $"{drawing} is blank");
        }

        foreach (var message in game.Skip(8000))
        {
            await publisher.SendAsync(message, CancellationToken.None);
        }

        await page.ShowsAsync("clock", "44:44");
        await Assertions.Expect(page.Element("dashboard-note")).ToContainTextAsync("won after 44:44");
        await Assertions.Expect(page.Element("feed-end")).ToBeVisibleAsync();
        await Assertions.Expect(page.Element("feed-chat").First).ToBeVisibleAsync();
        page.AssertNoComplaints();
    }

    [ChromiumFact]
    public async Task SaysThatAChannelIsNoGame()
    {
        var channel = RelayProcess.NewChannel();
        await using var publisher = await PublisherConnection.OpenAsync(relay.WebSocketAddress, channel, CancellationToken.None);
        await publisher.SendAsync(RecordedMessage.OfText(0, "just words"), CancellationToken.None);

        await using var page = await chromium.OpenAsync(relay.Address, $"#/dashboard/{channel}");

        await Assertions.Expect(page.Element("dashboard-note")).ToContainTextAsync("not a game dashboard");
        page.AssertNoComplaints();
    }

    // How many different colours stand in the picture; a blank canvas has one.
    private static Task<int> CountColorsAsync(ILocator canvas) => canvas.EvaluateAsync<int>(
        "canvas => new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size");
}
