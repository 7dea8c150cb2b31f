using System.Text;
using Microsoft.Playwright;
using OrleansRelay.EndToEnd.Tests.Machine;
using OrleansRelay.Recordings;

namespace OrleansRelay.EndToEnd.Tests.Browser;

[Collection(RelayCollection.Name)]
public sealed class PublishTests(RelayProcess relay, ChromiumFixture chromium)
{
    [ChromiumFact]
    public async Task PublishesWhatIsTyped()
    {
        var channel = RelayProcess.NewChannel();
        await using var viewer = await PlainViewer.OpenAsync(relay, channel);
        await using var page = await chromium.OpenAsync(relay.Address, $"#/publish/{channel}");

        await page.Element("publish-text").FillAsync("Grüße, 世界 🐎");
        await page.Element("publish-text").PressAsync("Enter");

        var (isText, payload) = await viewer.ReadAsync().WithinTest("the typed message at a viewer");
        Assert.True(isText);
        Assert.Equal("Grüße, 世界 🐎", Encoding.UTF8.GetString(payload));
        await page.ShowsAsync("stored", "1");
        await Assertions.Expect(page.Element("publish-status")).ToContainTextAsync("Stored at");
        page.AssertNoComplaints();
    }

    [ChromiumFact]
    public async Task PlaysADroppedRecordingByteForByte()
    {
        var channel = RelayProcess.NewChannel();
        RecordedMessage[] recorded =
        [
            .. GameRecording.Generate(RecordedGame.ById(3), seed: 5).Take(200),
            RecordedMessage.OfBinary(300_000, [0, 1, 254, 255]),
            RecordedMessage.OfText(300_100, "the end 🏁"),
        ];
        await using var viewer = await PlainViewer.OpenAsync(relay, channel);
        await using var page = await chromium.OpenAsync(relay.Address, $"#/publish/{channel}");

        await DropAsync(page, "game.ndjson", recorded);
        await Assertions.Expect(page.Element("recording-about")).ToContainTextAsync("202 messages");
        await page.Element("recording-speed").SelectOptionAsync("200");
        await page.Element("recording-play").ClickAsync();

        foreach (var expected in recorded)
        {
            var (isText, payload) = await viewer.ReadAsync().WithinTest($"the message of {expected.AtMilliseconds} ms");
            Assert.Equal(expected.IsText, isText);
            Assert.Equal(expected.Payload.ToArray(), payload);
        }

        await Assertions.Expect(page.Element("recording-position")).ToContainTextAsync("Played: 202 messages stored");
        await page.ShowsAsync("stored", "202");
        page.AssertNoComplaints();
    }

    [ChromiumFact]
    public async Task StopsARecordingInTheMiddle()
    {
        var channel = RelayProcess.NewChannel();
        await using var viewer = await PlainViewer.OpenAsync(relay, channel);
        await using var page = await chromium.OpenAsync(relay.Address, $"#/publish/{channel}");

        await DropAsync(page, "long.ndjson", [RecordedMessage.OfText(0, "first"), RecordedMessage.OfText(3_600_000, "an hour later")]);
        await page.Element("recording-play").ClickAsync();
        await viewer.ReadAsync().WithinTest("the first message");
        await page.Element("recording-stop").ClickAsync();

        await Assertions.Expect(page.Element("recording-play")).ToBeEnabledAsync();
        await page.ShowsAsync("stored", "1");
        page.AssertNoComplaints();
    }

    [ChromiumFact]
    public async Task SaysWhichLineOfAFileIsWrong()
    {
        await using var page = await chromium.OpenAsync(relay.Address, "#/publish/");

        await page.Element("recording-file").SetInputFilesAsync(
            new FilePayload { Name = "bad.ndjson", MimeType = "application/x-ndjson", Buffer = "{\"at\":0,\"text\":\"fine\"}\n{\"at\":1}\n"u8.ToArray() });

        await Assertions.Expect(page.Element("recording-about")).ToContainTextAsync("Line 2");
        await Assertions.Expect(page.Element("recording-play")).ToBeDisabledAsync();
        page.AssertNoComplaints();
    }

    private static async Task DropAsync(BrowserPage page, string name, IEnumerable<RecordedMessage> messages)
    {
        using MemoryStream file = new();
        await RecordingFile.WriteAsync(file, messages, CancellationToken.None);
        var dropped = await page.Page.EvaluateHandleAsync(
            """
            ([name, text]) => {
              const dropped = new DataTransfer();
              dropped.items.add(new File([text], name, { type: 'application/x-ndjson' }));
              return dropped;
            }
            """,
            new[] { name, Encoding.UTF8.GetString(file.ToArray()) });
        await page.Element("drop-zone").DispatchEventAsync("drop", new { dataTransfer = dropped });
    }
}
