using System.Globalization;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Tests.Viewers;

public sealed class FrameLogTests
{
    [Fact]
    public void TheNextMessageIsFoundAtTheEnd()
    {
        var log = Build.Log();
        log.AppendNumbers(2);

        Assert.True(log.TryFind(3, out var chunk, out var frame));

        Assert.Equal(chunk.FrameCount, frame);
    }

    [Fact]
    public void WhatCameBeforeTheLogIsNotFound()
    {
        var log = Build.Log(nextOffset: 5);
        log.AppendNumbers(2);

        Assert.False(log.TryFind(4, out _, out _));
        Assert.True(log.TryFind(5, out _, out _));
    }

    [Fact]
    public void WhatWasForgottenIsNotFound()
    {
        var log = Build.Log();
        log.Append([Build.Text("first")]);
        for (var count = 0; count < 40; count++)
        {
            log.Append([Build.Text(new string('x', 10_000))]);
        }

        Assert.False(log.TryFind(1, out _, out _));
        Assert.True(log.TryFind(41, out _, out _));
    }

    [Fact]
    public void AMessageLargerThanAChunkHasOneOfItsOwn()
    {
        var log = Build.Log();
        var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings());
        queue.AttachFrom(log, 1);

        log.Append([Build.Text("a"), Build.Text(new string('x', 60_000)), Build.Text("b")]);

        Assert.Equal([1, 60_000, 1], queue.TakeAll().Select(text => text.Length));
    }

    [Fact]
    public void AfterAJumpNothingOfBeforeIsFoundThoughWhoeverHoldsItReadsOn()
    {
        var log = Build.Log();
        var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings());
        queue.AttachFrom(log, 1);
        log.AppendNumbers(2);

        log.Jump(7, 10);
        log.AppendNumbers(1);

        Assert.False(log.TryFind(2, out _, out _));
        Assert.True(log.TryFind(10, out _, out _));
        Assert.Equal(["1", "2", "10"], queue.TakeAll());
    }

    [Fact]
    public void NoticesAreOnlyForFormsThatHaveThem()
    {
        var plain = Build.Log();
        var v1 = Build.Log(ViewerFormat.RelayV1);

        plain.AppendNotice(Notices.Epoch(7, 1));
        v1.AppendNotice(Notices.Epoch(7, 1));

        Assert.Equal((0, 1), (plain.EndFrame, v1.EndFrame));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void EveryCursorReadsEverythingFromItsStartInOrder(int seed)
    {
        var random = new Random(seed);
        var log = Build.Log(nextOffset: 100);
        var viewers = new List<(ViewerQueue Queue, List<string> Got, long From)>();
        for (var step = 0; step < 3000; step++)
        {
            var text = log.NextOffset.ToString(CultureInfo.InvariantCulture).PadRight(random.Next(1, random.Next(1, 3000)), '.');
            log.Append([Build.Text(text)]);
            var from = log.NextOffset - random.Next(200) + 20;
            if (random.Next(30) == 0 && log.TryFind(from, out var chunk, out var frame))
            {
                var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings());
                queue.Attach(log, chunk, frame, from);
                viewers.Add((queue, [], from));
            }

            foreach (var (queue, got, _) in viewers.Where(_ => random.Next(10) == 0))
            {
                got.AddRange(queue.TakeAll());
            }
        }

        Assert.True(viewers.Count > 20);
        foreach (var (queue, got, from) in viewers)
        {
            got.AddRange(queue.TakeAll());
            Assert.Equal(Enumerable.Range((int)from, (int)(log.NextOffset - from)).Select(offset => offset.ToString(CultureInfo.InvariantCulture)), got);
        }
    }

    [Fact]
    public async Task ItsEndMayBeReadWhileItGrows()
    {
        var log = Build.Log();
        var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings(queueBytes: int.MaxValue, queueMessages: int.MaxValue));
        queue.AttachFrom(log, 1);
        using var isDone = new CancellationTokenSource();

        // As a pong does, which is sent on another thread than the fan-out's.
        var reading = Task.Run(() =>
        {
            long last = 0;
            while (!isDone.IsCancellationRequested)
            {
                queue.Judge();
                var end = log.EndByte;
                Assert.True(end >= last, "The end went back.");
                (_, last) = (log.EndFrame, end);
            }
        });
        for (var count = 0; count < 200_000; count++)
        {
            log.Append([Build.Text("0123456789012345678901234567890123456789")]);
        }

        await isDone.CancelAsync();
        await reading.WithinTest("the reader");
    }
}
