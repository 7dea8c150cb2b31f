using OrleansRelay.Channels;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Tests.Viewers;

/// <summary>One viewer's sending over memory whose room the test sets. Each message "x" is a frame of 3 bytes.</summary>
public sealed class ViewerPumpTests
{
    private static readonly byte[] Own = WebSocketFrame.ToArray(MessageKind.Text, "own"u8);

    private readonly ManualTimeProvider _clock = new();
    private readonly FrameLog _log = Build.Log();

    [Fact]
    public void WhatIsAppendedIsSentAtOnce()
    {
        var connection = new MemoryConnection(100);
        var pump = Watch(connection);

        Publish(pump, 3);

        Assert.Equal(["1", "2", "3"], Build.Frames(connection.Written));
    }

    [Fact]
    public void WhatIsGivenBeforeTheStartWaitsForIt()
    {
        var connection = new MemoryConnection(100);
        var pump = new ViewerPump(new ViewerQueue(ViewerFormat.Plain, Build.Settings()), _clock);
        var sent = pump.SendOwnAsync(Own);
        Assert.False(sent.IsCompleted);

        pump.Start(connection);

        Assert.True(sent.IsCompletedSuccessfully);
        Assert.Equal(["own"], Build.Frames(connection.Written));
    }

    [Fact]
    public async Task SlowViewerIsClosedWhileOthersKeepReceivingAndThePublisherNeverWaits()
    {
        var (slow, quick) = (new MemoryConnection(0), new MemoryConnection(int.MaxValue));
        var settings = Build.Settings(queueMessages: 10);
        ViewerPump[] pumps = [Watch(slow, settings), Watch(quick, settings)];

        // Publishing is a plain call here: were it to wait for the slow viewer, it would never come back.
        Publish(pumps, 100);

        Assert.Equal(CloseCode.TooSlow, await pumps[0].Ended.WithinTest("the slow viewer to be judged"));
        Assert.False(pumps[1].Ended.IsCompleted);
        Assert.Equal(100, Build.Frames(quick.Written).Length);
        Assert.Empty(slow.Written);
    }

    [Fact]
    public void AViewerThatCatchesUpInTimeMissesNothing()
    {
        var connection = new MemoryConnection(3);
        var pump = Watch(connection, Build.Settings(queueMessages: 10));

        Publish(pump, 9);
        connection.MakeRoom(1000);

        Assert.False(pump.Ended.IsCompleted);
        Assert.Equal(Enumerable.Range(1, 9).Select(number => $"{number}"), Build.Frames(connection.Written));
    }

    [Fact]
    public async Task ATooSlowViewerIsToldTheCodeOnceItReads()
    {
        var connection = new MemoryConnection(0);
        var pump = Watch(connection, Build.Settings(queueMessages: 1));
        Publish(pump, 3);
        await pump.Ended.WithinTest("the verdict");

        var close = pump.SendLastAsync(Own);
        Assert.False(close.IsCompleted);
        connection.MakeRoom(1000);

        await close.WithinTest("the close to be sent");
        Assert.Equal(["1", "own"], Build.Frames(connection.Written));
    }

    [Fact]
    public void DropOldestGoesOnWithTheNewest()
    {
        var connection = new MemoryConnection(0);
        var pump = Watch(connection, Build.Settings(SlowViewerPolicy.DropOldest, queueMessages: 4));

        Publish(pump, 9);
        connection.MakeRoom(1000);

        Assert.Equal("1", Build.Frames(connection.Written)[0]);
        Assert.Equal("9", Build.Frames(connection.Written)[^1]);
        Assert.Equal(9, pump.Dropped + Build.Frames(connection.Written).Length);
        Assert.False(pump.Ended.IsCompleted);
    }

    [Fact]
    public void LatestOnlyGoesOnWithTheNewest()
    {
        var connection = new MemoryConnection(0);
        var pump = Watch(connection, Build.Settings(SlowViewerPolicy.LatestOnly, queueMessages: 1));

        Publish(pump, 9);
        connection.MakeRoom(1000);

        Assert.Equal(["1", "9"], Build.Frames(connection.Written));
    }

    [Fact]
    public async Task OwnBytesSlipInBeforeWhatWaits()
    {
        var connection = new MemoryConnection(0);
        var pump = Watch(connection);
        Publish(pump, 3);
        var pong = pump.SendOwnAsync(Own);

        connection.MakeRoom(1000);

        await pong.WithinTest("the pong");
        Assert.Equal(["1", "own", "2", "3"], Build.Frames(connection.Written));
    }

    [Fact]
    public async Task ABrokenConnectionEndsTheViewerAndNobodyElse()
    {
        var (broken, good) = (new MemoryConnection(0), new MemoryConnection(1000));
        ViewerPump[] pumps = [Watch(broken), Watch(good)];
        Publish(pumps, 1);
        broken.Break();

        Publish(pumps, 1);

        Assert.Null(await pumps[0].Ended.WithinTest("the end"));
        Assert.Equal(["1", "2"], Build.Frames(good.Written));
        await Assert.ThrowsAsync<IOException>(() => pumps[0].SendOwnAsync(Own));
        Assert.Throws<IOException>(pumps[0].ThrowIfEnded);
    }

    [Fact]
    public async Task AConnectionThatFailsAtOnceDoesNotHarmTheFanOut()
    {
        var connection = new MemoryConnection(1000);
        var pump = Watch(connection);
        connection.Break();

        Publish(pump, 2);

        Assert.Null(await pump.Ended.WithinTest("the end"));
    }

    [Fact]
    public async Task WhoeverWaitsForAWriteThatIsUnderWayIsToldWhenTheViewerIsCutOff()
    {
        var pump = Watch(new MemoryConnection(0));
        var underWay = pump.SendOwnAsync(Own);
        var waiting = pump.SendOwnAsync(Own);

        pump.Kill();

        await Assert.ThrowsAsync<IOException>(() => waiting.WithinTest("the frame that waited to fail"));
        await Assert.ThrowsAsync<IOException>(() => underWay.WithinTest("the frame under way to fail"));
    }

    [Fact]
    public void AWriteThatTakesTooLongIsAStall()
    {
        var connection = new MemoryConnection(0);
        var pump = Watch(connection);
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.False(pump.IsStalled(TimeSpan.FromSeconds(30)));

        Publish(pump, 1);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False(pump.IsStalled(TimeSpan.FromSeconds(30)));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(pump.IsStalled(TimeSpan.FromSeconds(30)));

        connection.MakeRoom(100);
        Assert.False(pump.IsStalled(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task AnEndedViewerGetsNothingMoreOfTheLog()
    {
        var connection = new MemoryConnection(1000);
        var pump = Watch(connection);
        Publish(pump, 1);

        pump.End(CloseCode.Restarting);
        Publish(pump, 1);

        Assert.Equal(CloseCode.Restarting, await pump.Ended.WithinTest("the end"));
        Assert.Equal(["1"], Build.Frames(connection.Written));
    }

    [Fact]
    public async Task ManyThreadsSendOneWriteAtATimeAndLoseNothing()
    {
        var connection = new MemoryConnection(int.MaxValue);
        var pump = Watch(connection, Build.Settings(queueBytes: int.MaxValue, queueMessages: int.MaxValue));

        // MemoryConnection fails the test should two writes ever be under way.
        var pongs = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var count = 0; count < 2000; count++)
            {
                await pump.SendOwnAsync(Own);
            }
        }));
        var publishing = Task.Run(() => Publish(pump, 20_000));
        await Task.WhenAll([.. pongs, publishing]).WithinTest("all to be sent");

        var frames = Build.Frames(connection.Written);
        Assert.Equal(8000, frames.Count(frame => frame == "own"));
        Assert.Equal(Enumerable.Range(1, 20_000).Select(number => $"{number}"), frames.Where(frame => frame != "own"));
    }

    private ViewerPump Watch(MemoryConnection connection, ChannelSettings? settings = null)
    {
        var pump = new ViewerPump(new ViewerQueue(ViewerFormat.Plain, settings ?? Build.Settings()), _clock);
        pump.Start(connection);
        Assert.True(_log.TryFind(_log.NextOffset, out var chunk, out var frame));
        pump.Attach(_log, chunk, frame, _log.NextOffset, seam: null);
        return pump;
    }

    private void Publish(ViewerPump pump, int count) => Publish([pump], count);

    /// <summary>What the feed's loop does.</summary>
    private void Publish(ViewerPump[] pumps, int count)
    {
        for (var index = 0; index < count; index++)
        {
            _log.AppendNumbers(1);
            foreach (var pump in pumps)
            {
                pump.Signal();
            }
        }
    }
}
