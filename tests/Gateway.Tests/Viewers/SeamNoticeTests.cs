namespace OrleansRelay.Gateway.Tests.Viewers;

/// <summary>Starts, ends and resets between a viewer's hello and its seam: whatever the instant, what it was told last is how the channel is.</summary>
public sealed class SeamNoticeTests(RelayFixture fixture) : IClassFixture<RelayFixture>
{
    private readonly string _channel = RelayHost.NewChannel();

    private RelayHost Relay => fixture.Relay;

    /// <summary>Nearly all that a channel holds, so that most of it is not on its way yet when a viewer has its hello.</summary>
    [Theory]
    [InlineData(false, "end", "ended")]
    [InlineData(true, "end", "ended")]
    [InlineData(false, "end start", "started")]
    [InlineData(true, "end start", "started")]
    [InlineData(false, "reset", "started reset")]
    [InlineData(true, "reset", "started reset")]
    [InlineData(false, "end reset end", "started reset, ended")]
    [InlineData(true, "end reset end", "started reset, ended")]
    public async Task ASlowJoinerIsToldWhatHappenedWhileItRead(bool isSse, string changes, string told)
    {
        await using var stream = new Streamer(Relay, _channel);
        await stream.StartAsync(isAnew: false);
        await stream.PublishAsync(110, bytes: 64 * 1024);
        await using var watching = await WebSocketViewer.OpenAsync(Relay.Address, $"viewer/{_channel}?from=live", isV1: true);
        await watching.NextNoticeAsync("seam");
        await using var viewer = await OpenAsync(isSse);
        Assert.True((await viewer.NextNoticeAsync("hello")).GetProperty("live").GetBoolean());

        foreach (var change in changes.Split(' '))
        {
            await (change == "end" ? stream.EndAsync() : stream.StartAsync(isAnew: change == "reset"));
            await watching.NextNoticeAsync(change == "end" ? "ended" : "started");
        }

        var heard = await ReadToAsync(viewer, "seam");
        Assert.Equal(told, string.Join(", ", heard.Where(one => one.Type is "started" or "ended").Select(Name)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task WhoeverJoinsAtAnyInstantEndsUpWithTheChannelsState(int seed)
    {
        const int Joiners = 60;
        var random = new Random(seed);
        await using var stream = new Streamer(Relay, _channel);
        using var isOver = new CancellationTokenSource();
        List<Task<bool>> viewers = [];
        for (var joined = 0; joined < Joiners;)
        {
            switch (random.Next(8))
            {
                case 0:
                    await stream.EndAsync();
                    break;
                case 1:
                    await stream.StartAsync(isAnew: random.Next(3) == 0);
                    break;
                case 2:
                    await stream.StartAsync(isAnew: false);
                    await stream.PublishAsync(random.Next(1, 20), bytes: random.Next(1, 20_000));
                    break;
                case 3:
                    await Task.Delay(TimeSpan.FromMilliseconds(random.Next(4)), TimeProvider.System);
                    break;
                default:
                    var isSse = joined++ % 2 == 0;
                    viewers.Add(Task.Run(() => FollowAsync(isSse, isOver.Token)));
                    break;
            }
        }

        var isLive = stream.IsLive;
        await isOver.CancelAsync();

        Assert.All(await Task.WhenAll(viewers).WithinTest("all viewers to hear the last"), heard => Assert.Equal(isLive, heard));
    }

    /// <summary>Reads until two beats have brought nothing new after the last change.</summary>
    /// <returns>Whether the channel is live, by what the viewer was told.</returns>
    private async Task<bool> FollowAsync(bool isSse, CancellationToken isOver)
    {
        await using var viewer = await OpenAsync(isSse);
        var hello = await viewer.NextNoticeAsync("hello");
        var (isLive, dropped, newest) = (hello.GetProperty("live").GetBoolean(), 0L, 0L);
        for (var beats = 0; beats < 2;)
        {
            var next = await viewer.NextAsync();
            beats += next.Type == "position" && isOver.IsCancellationRequested ? 1 : 0;
            if (next.IsMessage)
            {
                newest = next.Offset;
                Assert.True(newest > dropped, $"Message {newest} came after the reset at {dropped}.");
            }
            else if (next.Type == "started")
            {
                isLive = true;
                if (next.Notice.GetProperty("reset").GetBoolean())
                {
                    dropped = next.Notice.GetProperty("offset").GetInt64();
                    Assert.True(newest <= dropped, $"The reset at {dropped} came after message {newest}, which it did not drop.");
                }
            }
            else if (next.Type == "ended")
            {
                isLive = false;
            }
        }

        return isLive;
    }

    private async Task<IViewer> OpenAsync(bool isSse) => isSse
        ? await SseViewer.OpenAsync(Relay.Address, "viewer/" + _channel)
        : await WebSocketViewer.OpenAsync(Relay.Address, "viewer/" + _channel, isV1: true);

    private static async Task<List<ViewerEvent>> ReadToAsync(IViewer viewer, string type)
    {
        List<ViewerEvent> heard = [];
        do
        {
            heard.Add(await viewer.NextAsync().WithinTest(type));
        }
        while (heard[^1].Type != type);
        return heard;
    }

    private static string Name(ViewerEvent notice) => notice.Type + (notice.Type == "started" && notice.Notice.GetProperty("reset").GetBoolean() ? " reset" : "");

    /// <summary>One publisher at a time, and whether there is one.</summary>
    private sealed class Streamer(RelayHost relay, string channel) : IAsyncDisposable
    {
        private Publisher? _publisher;

        public bool IsLive => _publisher is not null;

        /// <summary>Starts; anew also while it runs, which takes over from itself.</summary>
        public async Task StartAsync(bool isAnew)
        {
            if (_publisher is null || isAnew)
            {
                var former = _publisher;
                _publisher = await Publisher.OpenAsync(relay.Address, $"streamer/{channel}?publisher=p{(isAnew ? "&start=new" : "")}", isV1: true);
                if (former is not null)
                {
                    await former.DisposeAsync();
                }
            }
        }

        public async Task PublishAsync(int count, int bytes)
        {
            for (var index = 0; index < count; index++)
            {
                await _publisher!.SendAsync(new byte[bytes], isText: false);
            }

            await _publisher!.AcknowledgedAsync();
        }

        public async Task EndAsync()
        {
            if (_publisher is { } publisher)
            {
                _publisher = null;
                await publisher.EndAsync();
                await publisher.DisposeAsync();
            }
        }

        public ValueTask DisposeAsync() => _publisher?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
