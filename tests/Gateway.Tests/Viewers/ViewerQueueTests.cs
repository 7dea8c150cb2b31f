using System.Globalization;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Tests.Viewers;

public sealed class ViewerQueueTests
{
    private readonly FrameLog _log = Build.Log();

    [Fact]
    public void EverythingFromTheCursorOnIsTakenInOrder()
    {
        _log.AppendNumbers(3);
        var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings());
        queue.AttachFrom(_log, 2);

        Assert.Equal(["2", "3"], queue.TakeAll());
        Assert.Empty(queue.TakeAll());
        _log.AppendNumbers(1);
        Assert.Equal(["4"], queue.TakeAll());
    }

    [Fact]
    public void OwnFramesGoBeforeWhatWaitsInTheLog()
    {
        _log.AppendNumbers(1);
        var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings());
        queue.AttachFrom(_log, 1);
        queue.AddOwn(new ViewerQueue.OwnFrame(WebSocketFrame.ToArray(MessageKind.Text, "own"u8), Sent: null));

        Assert.Equal(["own", "1"], queue.TakeAll());
    }

    [Fact]
    public void AMembersOwnMessagesAreLeftOut()
    {
        _log.Append([Build.Text("ann", sender: 1), Build.Text("bob", sender: 2), Build.Text("ann", sender: 1), Build.Text("cat", sender: 3)]);
        var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings()) { ExceptSender = 1 };
        queue.AttachFrom(_log, 1);

        Assert.Equal(["bob", "cat"], queue.TakeAll());
    }

    [Fact]
    public void MessagesBeforeItsStartAreLeftOutEvenWhenTheyComeLater()
    {
        var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings());
        queue.AttachFrom(_log, 3);
        _log.AppendNumbers(4);

        Assert.Equal(["3", "4"], queue.TakeAll());
    }

    /// <summary>Seen in a chaos run: history had brought a viewer further than the stream had brought the log, which then told the head.</summary>
    [Fact]
    public void AHeadBeforeItsStartIsNotTold()
    {
        var log = Build.Log(ViewerFormat.RelayV1);
        var queue = new ViewerQueue(ViewerFormat.RelayV1, Build.Settings());
        queue.AttachFrom(log, 3);
        log.AppendNotice(Notices.Started(new Position(7, 0), isReset: false), head: 0);
        log.AppendNumbers(1);
        log.AppendNotice(Notices.Head(new Position(7, 1)), head: 1);
        log.AppendNumbers(1);
        log.AppendNotice(Notices.Head(new Position(7, 2)), head: 2);
        log.AppendNumbers(1);

        Assert.Equal(["""{"type":"position","epoch":7,"offset":2}""", "3"], queue.TakeAll());
    }

    [Fact]
    public void ItsStartMeansNothingInALaterEpoch()
    {
        var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings());
        queue.AttachFrom(_log, 3);
        _log.Jump(8, 1);
        _log.AppendNumbers(1);

        Assert.Equal(["1"], queue.TakeAll());
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void TheBoundInMessagesIsTheLastThatIsNotTooMany(int waiting, bool isTooSlow)
    {
        var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings(queueMessages: 3));
        queue.AttachFrom(_log, 1);
        _log.AppendNumbers(waiting);

        Assert.Equal(isTooSlow, queue.Judge());
        Assert.Equal(isTooSlow, queue.IsTooSlow);
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    public void TheBoundInBytesCountsWholeFrames(int last, bool isTooSlow)
    {
        // Three frames of 2 + 10 bytes, and one of 2 + last: the bound is 47.
        var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings(queueBytes: 47));
        queue.AttachFrom(_log, 1);
        _log.Append([Build.Text("0123456789"), Build.Text("0123456789"), Build.Text("0123456789"), Build.Text(new string('x', last))]);

        Assert.Equal(isTooSlow, queue.Judge());
    }

    [Fact]
    public void OneMessageMayAlwaysWait()
    {
        var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings(queueBytes: 10));
        queue.AttachFrom(_log, 1);
        _log.Append([Build.Text(new string('x', 1000))]);

        Assert.False(queue.Judge());
    }

    [Fact]
    public void ATooSlowViewerTakesNothingOfTheLogAnyMore()
    {
        var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings(queueMessages: 1));
        queue.AttachFrom(_log, 1);
        _log.AppendNumbers(2);

        Assert.True(queue.Judge());

        Assert.False(queue.Judge());
        Assert.Empty(queue.TakeAll());
    }

    [Fact]
    public void DropOldestKeepsTheNewestHalfAndTellsOfTheGap()
    {
        var log = Build.Log(ViewerFormat.RelayV1);
        var queue = new ViewerQueue(ViewerFormat.RelayV1, Build.Settings(SlowViewerPolicy.DropOldest, queueMessages: 10));
        queue.AttachFrom(log, 1);
        log.AppendNumbers(11);

        Assert.False(queue.Judge());

        Assert.Equal(["""{"type":"gap","epoch":7,"from":1,"to":6,"reason":"slow"}""", "7", "8", "9", "10", "11"], queue.TakeAll());
        Assert.Equal(6, queue.Dropped);
    }

    [Fact]
    public void APlainViewerIsThinnedWithoutAWord()
    {
        var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings(SlowViewerPolicy.DropOldest, queueMessages: 10));
        queue.AttachFrom(_log, 1);
        _log.AppendNumbers(11);

        queue.Judge();

        Assert.Equal(["7", "8", "9", "10", "11"], queue.TakeAll());
    }

    [Fact]
    public void DropOldestByBytesAlsoLeavesHalf()
    {
        var queue = new ViewerQueue(ViewerFormat.Plain, Build.Settings(SlowViewerPolicy.DropOldest, queueBytes: 40));
        queue.AttachFrom(_log, 1);
        _log.Append([.. Enumerable.Range(0, 5).Select(number => Build.Text($"{number}1234567"))]);

        queue.Judge();

        Assert.Equal(["31234567", "41234567"], queue.TakeAll());
    }

    [Fact]
    public void LatestOnlyKeepsTheNewest()
    {
        var log = Build.Log(ViewerFormat.RelayV1);
        var queue = new ViewerQueue(ViewerFormat.RelayV1, Build.Settings(SlowViewerPolicy.LatestOnly, queueMessages: 2));
        queue.AttachFrom(log, 1);
        log.AppendNumbers(3);

        Assert.False(queue.Judge());

        Assert.Equal(["""{"type":"gap","epoch":7,"from":1,"to":2,"reason":"slow"}""", "3"], queue.TakeAll());
    }

    [Fact]
    public void NoticesAreNotDroppedWithTheMessagesAroundThem()
    {
        var log = Build.Log(ViewerFormat.RelayV1);
        var queue = new ViewerQueue(ViewerFormat.RelayV1, Build.Settings(SlowViewerPolicy.LatestOnly, queueMessages: 2));
        queue.AttachFrom(log, 1);
        log.AppendNumbers(2);
        var ended = Notices.Ended(new Position(7, 2), isLost: false);
        log.AppendNotice(ended);
        log.AppendNumbers(2);

        queue.Judge();

        Assert.Equal(["""{"type":"gap","epoch":7,"from":1,"to":3,"reason":"slow"}""", """{"type":"ended","epoch":7,"offset":2,"reason":"ended"}""", "4"], queue.TakeAll());
    }

    [Fact]
    public void AGapOverTheBeginOfAnEpochIsToldForEachEpoch()
    {
        var log = Build.Log(ViewerFormat.RelayV1);
        var queue = new ViewerQueue(ViewerFormat.RelayV1, Build.Settings(SlowViewerPolicy.LatestOnly, queueMessages: 2));
        queue.AttachFrom(log, 1);
        log.AppendNumbers(2);
        log.Jump(8, 1);
        log.AppendNotice(Notices.Epoch(8, 1));
        log.AppendNumbers(3);

        queue.Judge();

        Assert.Equal(
            [
                """{"type":"gap","epoch":7,"from":1,"to":2,"reason":"slow"}""",
                """{"type":"epoch","epoch":8,"next":1}""",
                """{"type":"gap","epoch":8,"from":1,"to":2,"reason":"slow"}""",
                "3",
            ],
            queue.TakeAll());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void WhatAThinnedViewerGetsAndWhatItIsToldOfAreTogetherEverything(int seed)
    {
        var random = new Random(seed);
        var log = Build.Log(ViewerFormat.RelayV1);
        var queue = new ViewerQueue(ViewerFormat.RelayV1, Build.Settings(SlowViewerPolicy.DropOldest, queueBytes: 2000, queueMessages: 40));
        queue.AttachFrom(log, 1);
        long next = 1;
        for (var step = 0; step < 2000; step++)
        {
            for (var count = random.Next(20); count > 0; count--)
            {
                log.Append([Build.Text(log.NextOffset.ToString(CultureInfo.InvariantCulture).PadRight(random.Next(1, 200), '.'))]);
            }

            queue.Judge();
            if (random.Next(4) == 0)
            {
                next = queue.TakeAll().Aggregate(next, Follow);
            }
        }

        Assert.Equal(log.NextOffset, queue.TakeAll().Aggregate(next, Follow));
        Assert.True(queue.Dropped > 0);
    }

    private static long Follow(long next, string frame)
    {
        if (!frame.StartsWith('{'))
        {
            Assert.Equal(next, long.Parse(frame, CultureInfo.InvariantCulture));
            return next + 1;
        }

        var gap = System.Text.Json.JsonDocument.Parse(frame).RootElement;
        Assert.Equal(next, gap.GetProperty("from").GetInt64());
        return gap.GetProperty("to").GetInt64() + 1;
    }
}
