using OrleansRelay.Channels;
using OrleansRelay.Gateway.Streams;
using OrleansRelay.Gateway.Tests.Viewers;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;
using OrleansRelay.Local;

namespace OrleansRelay.Gateway.Tests.Streams;

/// <summary>What a gateway makes of a stream that is not as good as its word.</summary>
public sealed class ChannelFeedTests : IAsyncLifetime, IDisposable
{
    private const string Seam = """{"type":"seam","epoch":7,"offset":2}""";

    private readonly FakeChannel _channel = new();
    private readonly MemoryConnection _connection = new(int.MaxValue);
    private ChannelFeed _feed = null!;

    public async Task InitializeAsync()
    {
        _channel.Store(2);
        _feed = await _channel.StartFeedAsync();
        Join(_connection, 3);
    }

    public async Task DisposeAsync() => await _feed.DisposeAsync();

    public void Dispose() => _connection.Dispose();

    [Fact]
    public async Task WhatTheStreamBringsGoesToViewers()
    {
        await BringAsync(3, 4);

        await ExpectAsync("3", "4");
    }

    [Fact]
    public async Task WhatTheStreamLeftOutIsReadFromTheChannel()
    {
        _channel.Store(8);

        await BringAsync(9, 10);

        await ExpectAsync("3", "4", "5", "6", "7", "8", "9", "10");
    }

    [Fact]
    public async Task WhatTheStreamBringsTwiceIsSentOnce()
    {
        await BringAsync(3, 5);
        await BringAsync(3, 5);
        await BringAsync(4, 7);
        await BringAsync(1, 2);

        await ExpectAsync("3", "4", "5", "6", "7");
    }

    [Fact]
    public async Task AStreamThatLosesEverythingIsNoticedByTheBeat()
    {
        _channel.Store(3);

        await _channel.BeatAsync();

        await ExpectAsync("3", "4", "5");
    }

    [Fact]
    public async Task ViewersHaveWhatIsStoredBeforeACatchUpEnds()
    {
        _channel.Store(3);

        await _feed.CatchUpAsync().WithinTest("the feed to catch up");

        Assert.Equal([Seam, "3", "4", "5"], Build.Frames(_connection.Written));
    }

    [Fact]
    public async Task ABeatAfterWhichNothingCameTellsThePosition()
    {
        await _channel.BeatAsync();
        await _channel.BeatAsync();

        await ExpectAsync("""{"type":"position","epoch":7,"offset":2}""", """{"type":"position","epoch":7,"offset":2}""");
    }

    [Fact]
    public async Task WhatIsHeldNoLongerIsToldAsAGap()
    {
        _channel.Store(8);
        _channel.Held.RemoveRange(0, 6);
        _channel.FirstHeld = 7;

        await BringAsync(10, 10);

        await ExpectAsync("""{"type":"gap","epoch":7,"from":3,"to":6,"reason":"expired"}""", "7", "8", "9", "10");
    }

    [Fact]
    public async Task ABufferThatWasClearedIsAGapUpToTheStream()
    {
        _channel.Held.Clear();
        _channel.FirstHeld = 6;

        await BringAsync(6, 6);

        await ExpectAsync("""{"type":"gap","epoch":7,"from":3,"to":5,"reason":"expired"}""", "6");
    }

    [Fact]
    public async Task ANewEpochIsToldAndBegunAtItsFirstMessage()
    {
        await BringAsync(3, 3);
        _channel.Epoch = 8;
        _channel.Held.Clear();
        _channel.Store(2);

        await BringAsync(2, 2);

        await ExpectAsync("3", """{"type":"epoch","epoch":8,"next":1}""", "1", "2");
    }

    [Fact]
    public async Task WhatIsLeftOfAFormerEpochIsIgnored()
    {
        var late = _channel.Batch(3, 3);
        _channel.Epoch = 8;
        await BringAsync(1, 1);

        await _feed.OnNextAsync(late);
        await BringAsync(2, 2);

        await ExpectAsync("""{"type":"epoch","epoch":8,"next":1}""", "1", "2");
    }

    [Fact]
    public async Task NoticesComeInTheirPlace()
    {
        await BringAsync(3, 2, ChannelNotice.Started);
        await BringAsync(3, 3);
        await BringAsync(4, 3, ChannelNotice.Ended);
        await BringAsync(4, 3, ChannelNotice.Reset);
        await BringAsync(4, 4, ChannelNotice.PublisherLost);

        await ExpectAsync(
            """{"type":"started","epoch":7,"offset":2,"reset":false}""",
            "3",
            """{"type":"ended","epoch":7,"offset":3,"reason":"ended"}""",
            """{"type":"started","epoch":7,"offset":3,"reset":true}""",
            "4",
            """{"type":"ended","epoch":7,"offset":4,"reason":"lost"}""");
    }

    [Theory]
    [InlineData(ChannelNotice.Started, """{"type":"started","epoch":7,"offset":4,"reset":false}""")]
    [InlineData(ChannelNotice.Ended, """{"type":"ended","epoch":7,"offset":4,"reason":"ended"}""")]
    [InlineData(ChannelNotice.PublisherLost, """{"type":"ended","epoch":7,"offset":4,"reason":"lost"}""")]
    public async Task ANoticeThatTheStreamLosesIsToldByTheBeatAndWhenItComesAfterAllNotAgain(ChannelNotice notice, string told)
    {
        _channel.Store(2);
        var late = _channel.Batch(5, 4, notice);
        await _channel.BeatAsync();
        await ExpectAsync("3", "4", told);

        await _feed.OnNextAsync(late);
        await BringAsync(5, 5);

        await ExpectAsync("3", "4", told, "5");
    }

    [Fact]
    public async Task AResetThatTheStreamLosesIsToldBeforeWhatFollowedIt()
    {
        _channel.Batch(5, 4, ChannelNotice.Reset);
        _channel.FirstHeld = 5;
        _channel.Held.Clear();
        _channel.Store(2);

        await _channel.BeatAsync();

        await ExpectAsync("""{"type":"started","epoch":7,"offset":4,"reset":true}""", "5", "6");
    }

    [Fact]
    public async Task OneWhoseNoticeAloneIsLostToo()
    {
        _channel.Batch(3, 2, ChannelNotice.Reset);
        await BringAsync(3, 4);

        await ExpectAsync("""{"type":"started","epoch":7,"offset":2,"reset":true}""", "3", "4");
    }

    /// <summary>During a roll-out of the release that has lives.</summary>
    [Fact]
    public async Task NoticesOfAFormerReleaseAreToldAsTheyComeAndToNobodyLater()
    {
        await _feed.OnNextAsync(new ChannelBatch { Epoch = 7, FirstOffset = 3, Messages = [], Notice = ChannelNotice.Reset });
        await _feed.OnNextAsync(new ChannelBatch { Epoch = 7, FirstOffset = 3, Messages = [Build.Text("3")] });
        await _feed.OnNextAsync(new ChannelBatch { Epoch = 7, FirstOffset = 4, Messages = [], Notice = ChannelNotice.Ended });

        await ExpectAsync("""{"type":"started","epoch":7,"offset":2,"reset":true}""", "3", Ended(3));
        await JoinAndExpectAsync(next: 4, default, """{"type":"seam","epoch":7,"offset":3}""");
    }

    [Fact]
    public async Task WhoeverAttachesIsToldWhatItHasNotHeard()
    {
        await BringAsync(3, 2, ChannelNotice.Started);
        await BringAsync(3, 3);
        var knowsStart = _channel.Life;
        await BringAsync(4, 3, ChannelNotice.Ended);
        await BringAsync(4, 4);

        await ExpectAsync("""{"type":"started","epoch":7,"offset":2,"reset":false}""", "3", Ended(3), "4");

        // Each starts at the message before the end or at the one after it; what is ahead of it the log tells.
        await JoinAndExpectAsync(next: 3, default, """{"type":"started","epoch":7,"offset":2,"reset":false}""", """{"type":"seam","epoch":7,"offset":2}""", "3", Ended(3), "4");
        await JoinAndExpectAsync(next: 3, knowsStart, """{"type":"seam","epoch":7,"offset":2}""", "3", Ended(3), "4");
        await JoinAndExpectAsync(next: 4, default, Ended(3), """{"type":"seam","epoch":7,"offset":3}""", "4");
        await JoinAndExpectAsync(next: 4, knowsStart, Ended(3), """{"type":"seam","epoch":7,"offset":3}""", "4");
        await JoinAndExpectAsync(next: 5, knowsStart, Ended(4), """{"type":"seam","epoch":7,"offset":4}""");
        await JoinAndExpectAsync(next: 4, _channel.Life, """{"type":"seam","epoch":7,"offset":3}""", "4");
    }

    /// <summary>The log is late, and tells an end and a start that the viewer's hello had in it.</summary>
    [Fact]
    public async Task WhatAViewerKnowsFromItsHelloIsNotToldAgain()
    {
        var ended = _channel.Batch(3, 2, ChannelNotice.Ended);
        var started = _channel.Batch(3, 2, ChannelNotice.Started);
        using var second = new MemoryConnection(int.MaxValue);
        Join(second, 5, _channel.Life);

        await _feed.OnNextAsync(ended);
        await _feed.OnNextAsync(started);
        await BringAsync(3, 5);

        await ExpectAsync(second, ["""{"type":"seam","epoch":7,"offset":4}""", "5"]);
        await ExpectAsync(Ended(2), """{"type":"started","epoch":7,"offset":2,"reset":false}""", "3", "4", "5");
    }

    [Fact]
    public async Task AChannelThatCannotBeReachedIsReadWhenItCanBeAgain()
    {
        _channel.Store(3);
        _channel.IsUnreachable = true;
        await BringAsync(5, 5);
        _channel.IsUnreachable = false;

        await _channel.BeatAsync();

        await ExpectAsync("3", "4", "5");
    }

    [Fact]
    public async Task ASubscriptionThatCannotBeHadKeepsNobodyOut()
    {
        _channel.SubscriptionFails = true;

        await using var feed = await _channel.StartFeedAsync();

        Assert.True(feed.TryAttach(new ViewerPump(new ViewerQueue(ViewerFormat.Plain, Build.Settings()), TimeProvider.System), ViewerFormat.Plain, new Position(7, 3), default));
    }

    [Fact]
    public async Task ASubscriptionThatHasDiedIsRenewed()
    {
        _channel.Store(1);
        await _channel.BeatAsync();
        await ExpectAsync("3");
        Assert.Equal(1, _channel.Subscriptions);

        _channel.Store(1);
        await _channel.BeatAsync();
        await _channel.BeatAsync();

        await ExpectAsync("3", "4", """{"type":"position","epoch":7,"offset":4}""");
        Assert.Equal(2, _channel.Subscriptions);
    }

    [Fact]
    public async Task WhileTheChannelIsInThisProcessOnlyWhatItHandsOverCounts()
    {
        var local = _channel.Locals.Enter(FakeChannel.Name, new FakeHost());
        var ended = _channel.Batch(3, 3, ChannelNotice.Ended);
        local.Enqueue(ended);
        local.Run(mayUseThread: true);

        await _feed.OnNextAsync(ended);
        local.Enqueue(_channel.Batch(4, 4));
        local.Run(mayUseThread: true);

        await ExpectAsync("3", """{"type":"ended","epoch":7,"offset":3,"reason":"ended"}""", "4");
    }

    [Fact]
    public async Task TheStreamIsSubscribedToOnlyWhileTheChannelIsElsewhere()
    {
        var host = new FakeHost();
        var local = _channel.Locals.Enter(FakeChannel.Name, host);
        await _feed.CatchUpAsync().WithinTest("the feed to hear that the channel has come");
        Assert.Equal((1, 1), (_channel.Subscriptions, _channel.Unsubscriptions));

        _channel.Store(1);
        _channel.Locals.Leave(local, host);

        // What the channel stored elsewhere before the subscription was there is asked for.
        await ExpectAsync("""{"type":"position","epoch":7,"offset":2}""", "3");
        Assert.Equal((2, 1), (_channel.Subscriptions, _channel.Unsubscriptions));
    }

    [Fact]
    public async Task AFeedThatStartsBesideItsChannelNeedsNoStream()
    {
        _channel.Locals.Enter(FakeChannel.Name, new FakeHost());

        await using var feed = await _channel.StartFeedAsync();

        Assert.Equal(1, _channel.Subscriptions);
    }

    [Fact]
    public async Task AFeedThatIsFloodedWhileItFillsAGapCatchesUp()
    {
        // More than its queue takes, at once: what is refused is a gap that the next beat finds, once there is room for that.
        _channel.Store(3000);
        for (var offset = 3; offset <= 3002; offset++)
        {
            await BringAsync(offset, offset);
        }

        await _connection.HasWrittenAsync(10_000).WithinTest("a part of it");
        await _channel.BeatAsync();

        await ExpectAsync([.. Enumerable.Range(3, 3000).Select(offset => $"{offset}")]);
    }

    [Fact]
    public void AViewerMayNotAttachWhereTheLogDoesNotReach()
    {
        var viewer = new ViewerPump(new ViewerQueue(ViewerFormat.Plain, Build.Settings()), TimeProvider.System);

        Assert.False(_feed.TryAttach(viewer, ViewerFormat.Plain, new Position(7, 2), default));
        Assert.False(_feed.TryAttach(viewer, ViewerFormat.Plain, new Position(6, 3), default));
    }

    private sealed class FakeHost : IHostedChannel
    {
        public bool TryPublish(PublishRequest request, out ValueTask<PublishResult> answer) => throw new NotSupportedException();
    }

    private static string Ended(long offset) => $$"""{"type":"ended","epoch":7,"offset":{{offset}},"reason":"ended"}""";

    private async Task JoinAndExpectAsync(long next, ChannelLife known, params string[] expected)
    {
        using var connection = new MemoryConnection(int.MaxValue);
        Join(connection, next, known);
        await ExpectAsync(connection, expected);
    }

    private void Join(MemoryConnection connection, long next, ChannelLife known = default)
    {
        var viewer = new ViewerPump(new ViewerQueue(ViewerFormat.RelayV1, Build.Settings()), TimeProvider.System);
        viewer.Start(connection);
        _feed.Add(viewer, ViewerFormat.RelayV1);
        Assert.True(_feed.TryAttach(viewer, ViewerFormat.RelayV1, new Position(7, next), known));
        viewer.Signal();
    }

    private Task BringAsync(long from, long to, ChannelNotice notice = ChannelNotice.None) => _feed.OnNextAsync(_channel.Batch(from, to, notice));

    private Task ExpectAsync(params string[] expected) => ExpectAsync(_connection, [Seam, .. expected]);

    private static async Task ExpectAsync(MemoryConnection connection, string[] expected)
    {
        var bytes = expected.Sum(one => one.StartsWith('{') ? one.Length + 2 : one.Length + 2 + RelayV1Frame.ViewerHeaderBytes);
        await connection.HasWrittenAsync(bytes).WithinTest($"{string.Join(' ', expected.Take(20))}, where there is {string.Join(' ', Build.Frames(connection.Written).TakeLast(20))}");
        Assert.Equal(expected, Build.Frames(connection.Written));
    }
}
