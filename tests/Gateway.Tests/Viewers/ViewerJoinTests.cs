using System.Globalization;
using System.Text;

namespace OrleansRelay.Gateway.Tests.Viewers;

/// <summary>From the buffer to live, over real sockets.</summary>
public sealed class ViewerJoinTests(RelayFixture fixture) : IClassFixture<RelayFixture>
{
    private readonly string _channel = RelayHost.NewChannel();

    private RelayHost Relay => fixture.Relay;

    [Fact]
    public async Task WhoeverJoinsWhilePublishingGoesOnAtFullRateGetsEverythingOnce()
    {
        const int Count = 20_000;
        await using var publisher = await Publisher.OpenAsync(Relay.Address, $"streamer/{_channel}?publisher=p", isV1: true);
        var random = new Random(1);
        var watching = new List<Task>();
        for (var number = 1; number <= Count; number++)
        {
            if (number % (Count / 30) == 1)
            {
                var form = watching.Count % 3;
                watching.Add(Task.Run(() => WatchAllAsync(form, Count)));
            }

            await publisher.SendAsync(number.ToString(CultureInfo.InvariantCulture).PadRight(random.Next(5, 300), ' '));
        }

        await publisher.AcknowledgedAsync();
        await Task.WhenAll(watching).WithinTest("thirty viewers to have everything");
        await publisher.EndAsync();
    }

    [Fact]
    public async Task AV1ViewerIsToldWhereItStandsAndWhereTheSeamIs()
    {
        await PostAsync("a", "b");
        await using var viewer = await OpenAsync("");

        var hello = await viewer.NextNoticeAsync("hello");
        Assert.Equal((_channel, 1, 2, 1), (hello.GetProperty("channel").GetString(), hello.GetProperty("next").GetInt64(), hello.GetProperty("head").GetInt64(), hello.GetProperty("firstHeld").GetInt64()));
        Assert.False(hello.TryGetProperty("recovered", out _));
        Assert.Equal(["a", "b"], [(await viewer.NextAsync().WithinTest("a")).Text, (await viewer.NextAsync().WithinTest("b")).Text]);
        var seam = (await viewer.NextAsync().WithinTest("the seam")).Notice;
        Assert.Equal(("seam", 2), (seam.GetProperty("type").GetString(), seam.GetProperty("offset").GetInt64()));
        await PostAsync("c");
        var live = await viewer.NextMessageAsync();
        Assert.Equal(("c", 3), (live.Text, live.Offset));
        Assert.True(live.PublishedAt > 0);
    }

    [Theory]
    [InlineData("?from=live", 4, "")]
    [InlineData("?tail=0", 4, "")]
    [InlineData("?tail=1", 3, "c")]
    [InlineData("?tail=2", 2, "b")]
    [InlineData("", 1, "a")]
    public async Task AViewerStartsWhereItAsks(string query, int next, string first)
    {
        await PostAsync("a", "b", "c");
        await using var viewer = await OpenAsync(query);

        Assert.Equal(next, (await viewer.NextNoticeAsync("hello")).GetProperty("next").GetInt64());
        await PostAsync("d");

        Assert.Equal(first.Length == 0 ? "d" : first, (await viewer.NextMessageAsync()).Text);
    }

    [Theory]
    [InlineData(2, true, null, "c")]
    [InlineData(3, true, null, "d")]
    [InlineData(9, false, "future", "a")]
    public async Task AViewerThatComesBackIsToldWhetherItMissesAnything(int since, bool isRecovered, string? reason, string next)
    {
        await PostAsync("a", "b", "c");
        var epoch = (await Relay.Channel(_channel).GetStateAsync()).Epoch;
        await using var viewer = await OpenAsync($"?since={epoch}:{since}");

        var hello = await viewer.NextNoticeAsync("hello");
        await PostAsync("d");

        Assert.Equal((isRecovered, reason), (hello.GetProperty("recovered").GetBoolean(), hello.TryGetProperty("reason", out var said) ? said.GetString() : null));
        Assert.Equal(next, (await viewer.NextMessageAsync()).Text);
    }

    [Fact]
    public async Task ABrowserThatReconnectsGoesOnAfterItsLastEvent()
    {
        await PostAsync("a", "b");
        await using var before = await SseViewer.OpenAsync(Relay.Address, "viewer/" + _channel);
        var last = await before.NextMessageAsync();
        await before.DisposeAsync();

        await using var after = await SseViewer.OpenAsync(Relay.Address, "viewer/" + _channel, lastEventId: $"{last.Epoch}:{last.Offset}");

        Assert.True((await after.NextNoticeAsync("hello")).GetProperty("recovered").GetBoolean());
        Assert.Equal("b", (await after.NextMessageAsync()).Text);
    }

    [Fact]
    public async Task ANewStartIsToldAndLateJoinersGetOnlyWhatCameAfterIt()
    {
        await PostAsync("old");
        await using var watching = await OpenAsync("");
        await watching.NextMessageAsync();
        await watching.NextNoticeAsync("seam");

        await using var publisher = await Publisher.OpenAsync(Relay.Address, $"streamer/{_channel}?start=new");
        await publisher.SendAsync("new");

        // The start of the channel, by the POST before, may be told late: the stream takes its time.
        while (!(await watching.NextNoticeAsync("started")).GetProperty("reset").GetBoolean())
        {
        }

        Assert.Equal(2, (await watching.NextMessageAsync()).Offset);
        await using var late = await OpenAsync("");
        Assert.Equal("new", (await late.NextMessageAsync()).Text);
        await publisher.EndAsync();
    }

    [Fact]
    public async Task AViewerMayWaitForAChannelThatNobodyHasOpenedYet()
    {
        await using var plain = await WebSocketViewer.OpenAsync(Relay.Address, "viewers/" + _channel);
        await using var sse = await SseViewer.OpenAsync(Relay.Address, "viewers/" + _channel);
        await sse.NextNoticeAsync("seam");

        await PostAsync("first");

        Assert.Equal("first", (await plain.NextMessageAsync()).Text);
        Assert.Equal("first", (await sse.NextMessageAsync()).Text);
    }

    private async Task WatchAllAsync(int form, int count)
    {
        await using IViewer viewer = form switch
        {
            0 => await WebSocketViewer.OpenAsync(Relay.Address, "viewer/" + _channel),
            1 => await WebSocketViewer.OpenAsync(Relay.Address, "viewer/" + _channel, isV1: true),
            _ => await SseViewer.OpenAsync(Relay.Address, "viewer/" + _channel),
        };
        var seams = 0;

        // Who comes last may get all of it from the buffer, and the seam after that.
        for (var number = 1; number <= count || (form != 0 && seams == 0);)
        {
            var next = await viewer.NextAsync();
            if (next.IsMessage)
            {
                Assert.Equal(number, int.Parse(next.Text, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture));
                Assert.True(form == 0 || next.Offset == number);
                number++;
            }
            else
            {
                Assert.True(next.Type is "hello" or "seam" or "position" or "started", $"{next}");
                seams += next.Type == "seam" ? 1 : 0;
            }
        }

        Assert.True(form == 0 || seams == 1, $"{seams} seams");
    }

    private Task<WebSocketViewer> OpenAsync(string query) => WebSocketViewer.OpenAsync(Relay.Address, $"viewer/{_channel}{query}", isV1: true);

    private async Task PostAsync(params string[] texts)
    {
        foreach (var text in texts)
        {
            (await Relay.PostAsync("streamer/" + _channel, Encoding.UTF8.GetBytes(text))).EnsureSuccessStatusCode();
        }
    }
}
