using Microsoft.Playwright;
using OrleansRelay.EndToEnd.Tests.Machine;
using OrleansRelay.Recordings;
using OrleansRelay.Recordings.Playing;

namespace OrleansRelay.EndToEnd.Tests.Browser;

[Collection(RelayCollection.Name)]
public sealed class WatchTests(RelayProcess relay, ChromiumFixture chromium)
{
    [ChromiumFact]
    public async Task ShowsTheBufferedPastThenTheSeamThenTheLiveRest()
    {
        var channel = RelayProcess.NewChannel();
        await using var publisher = await PublishAsync(channel, "one", "two", "three – ☃");

        await using var page = await chromium.OpenAsync(relay.Address, $"#/watch/{channel}");
        await Assertions.Expect(page.Element("mark-seam")).ToBeVisibleAsync();
        await publisher.SendAsync(RecordedMessage.OfText(0, "four"), CancellationToken.None);

        await page.ShowsAsync("position", "4");
        await page.ShowsAsync("buffered", "3");
        await page.ShowsAsync("received", "4");
        await page.ShowsAsync("live", "Live");
        var rows = await page.Page.Locator(".row").AllTextContentsAsync();
        Assert.Equal(5, rows.Count);
        Assert.EndsWith("three – ☃", rows[2], StringComparison.Ordinal);
        Assert.Contains("live from here", rows[3], StringComparison.Ordinal);
        Assert.EndsWith("four", rows[4], StringComparison.Ordinal);
        await Assertions.Expect(page.Element("latency")).ToContainTextAsync("ms");
        page.AssertNoComplaints();
    }

    [ChromiumFact]
    public async Task ShowsOneMessageWholeAndABinaryOneAsBytes()
    {
        var channel = RelayProcess.NewChannel();
        await using var publisher = await PublishAsync(channel, """{"score":[1,2,3]}""");
        await publisher.SendAsync(RecordedMessage.OfBinary(0, [0x00, 0xff, 0x41]), CancellationToken.None);

        await using var page = await chromium.OpenAsync(relay.Address, $"#/watch/{channel}");
        await page.ShowsAsync("received", "2");
        await page.Element("message").First.ClickAsync();
        await Assertions.Expect(page.Element("detail-body")).ToContainTextAsync("\"score\": [ 1, 2, 3 ]");

        await page.Page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(page.Element("detail-body")).ToContainTextAsync("00 ff 41");
        page.AssertNoComplaints();
    }

    [ChromiumFact]
    public async Task TakesAWholeBufferedGameAtOnceWithFewRowsInThePage()
    {
        var channel = RelayProcess.NewChannel();
        var game = GameRecording.Generate(RecordedGame.ById(4), seed: 1);
        await using var publisher = await PublisherConnection.OpenAsync(relay.WebSocketAddress, channel, CancellationToken.None);
        foreach (var message in game)
        {
            await publisher.SendAsync(message, CancellationToken.None);
        }

        await using var page = await chromium.OpenAsync(relay.Address, $"#/watch/{channel}");
        await page.ShowsAsync("position", "29,407");
        await Assertions.Expect(page.Page.Locator("[data-offset='29407']")).ToBeVisibleAsync();
        Assert.InRange(await page.Element("message").CountAsync(), 10, 60);

        await page.Element("messages").FocusAsync();
        await page.Page.Keyboard.PressAsync("Home");
        await Assertions.Expect(page.Page.Locator("[data-offset='1']")).ToBeVisibleAsync();
        await Assertions.Expect(page.Element("detail-body")).ToContainTextAsync("\"type\": \"start\"");

        await page.Element("to-end").ClickAsync();
        await Assertions.Expect(page.Page.Locator("[data-offset='29407']")).ToBeVisibleAsync();
        page.AssertNoComplaints();
    }

    [ChromiumFact]
    public async Task SaysThatTheStreamIsOver()
    {
        var channel = RelayProcess.NewChannel();
        var publisher = await PublishAsync(channel, "last words");
        await using var page = await chromium.OpenAsync(relay.Address, $"#/watch/{channel}");
        await page.ShowsAsync("received", "1");

        await publisher.DisposeAsync();

        await Assertions.Expect(page.Element("mark-ended")).ToContainTextAsync("the stream is over");
        await page.ShowsAsync("live", "Not live");
        page.AssertNoComplaints();
    }

    private async Task<PublisherConnection> PublishAsync(string channel, params string[] texts)
    {
        var publisher = await PublisherConnection.OpenAsync(relay.WebSocketAddress, channel, CancellationToken.None);
        foreach (var text in texts)
        {
            await publisher.SendAsync(RecordedMessage.OfText(0, text), CancellationToken.None);
        }

        return publisher;
    }
}
