using Microsoft.Playwright;
using OrleansRelay.EndToEnd.Tests.Machine;
using OrleansRelay.Recordings;
using OrleansRelay.Recordings.Playing;

namespace OrleansRelay.EndToEnd.Tests.Browser;

[Collection(RelayCollection.Name)]
public sealed class ChannelListTests(RelayProcess relay, ChromiumFixture chromium)
{
    [ChromiumFact]
    public async Task ListsALiveChannelAndCountsItsViewers()
    {
        var channel = RelayProcess.NewChannel();
        await using var publisher = await PublisherConnection.OpenAsync(relay.WebSocketAddress, channel, CancellationToken.None);
        await publisher.SendAsync(RecordedMessage.OfText(0, "hello"), CancellationToken.None);

        await using var page = await chromium.OpenAsync(relay.Address);
        var card = page.Page.Locator($"[data-test=channel][data-channel={channel}]");
        await Assertions.Expect(card).ToContainTextAsync("Live");
        await Assertions.Expect(card.Locator("[data-test=viewers]")).ToHaveTextAsync("0 viewers");

        await using var viewer = await PlainViewer.OpenAsync(relay, channel);
        await Assertions.Expect(card.Locator("[data-test=viewers]")).ToHaveTextAsync("1 viewer");
        page.AssertNoComplaints();
    }

    [ChromiumFact]
    public async Task LeadsToTheChannelByKeyboard()
    {
        var channel = RelayProcess.NewChannel();
        await using var publisher = await PublisherConnection.OpenAsync(relay.WebSocketAddress, channel, CancellationToken.None);
        await publisher.SendAsync(RecordedMessage.OfText(0, "hello"), CancellationToken.None);

        await using var page = await chromium.OpenAsync(relay.Address);
        await page.Page.Locator($"[data-channel={channel}] [data-test=watch]").FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");

        await page.ShowsAsync("title", channel);
        await page.ShowsAsync("received", "1");
        page.AssertNoComplaints();
    }

    [ChromiumFact]
    public async Task RefusesAnAddressThatNamesNoChannel()
    {
        await using var page = await chromium.OpenAsync(relay.Address, "#/watch/no channel at all");

        await Assertions.Expect(page.Element("bad-name")).ToBeVisibleAsync();
        page.AssertNoComplaints();
    }
}
