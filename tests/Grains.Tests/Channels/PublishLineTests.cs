using OrleansRelay.Channels;
using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

public sealed class PublishLineTests
{
    private readonly PublishLine _line = new();

    [Fact]
    public void TheLineKeepsTheOrderOfArrival()
    {
        _line.Add(Publish("p", 1));
        _line.Add(Publish("q", 7));

        Assert.Equal([1, 7], TakeAll());
    }

    [Fact]
    public void WhatWasHeldBackComesBeforeWhatCameLaterLowestFirst()
    {
        _line.TryHoldBack(Publish("p", 5));
        _line.TryHoldBack(Publish("p", 3));
        _line.TryHoldBack(Publish("q", 2));
        _line.Add(Publish("p", 9));

        _line.Release("p", nextSequence: 5);

        Assert.Equal([3, 5, 9], TakeAll());
        Assert.Equal(1, _line.HeldBack);
    }

    [Fact]
    public void WhatIsNotDueStaysBack()
    {
        _line.TryHoldBack(Publish("p", 5));

        _line.Release("p", nextSequence: 4);

        Assert.Empty(TakeAll());
    }

    [Fact]
    public void OnePublisherHasABoundAndAnotherItsOwn()
    {
        for (var sequence = 2; sequence < 2 + PublishLine.MaxHeldBack; sequence++)
        {
            Assert.True(_line.TryHoldBack(Publish("p", sequence)));
        }

        Assert.False(_line.TryHoldBack(Publish("p", 1000)));
        Assert.True(_line.TryHoldBack(Publish("q", 1000)));
    }

    [Fact]
    public async Task WhatWaitedTooLongFails()
    {
        var old = Publish("p", 2, arrivedAt: 9);
        var recent = Publish("p", 3, arrivedAt: 10);
        _line.TryHoldBack(old);
        _line.TryHoldBack(recent);

        _line.Expire(before: 10);

        await Assert.ThrowsAsync<TimeoutException>(() => old.Task);
        Assert.False(recent.Task.IsCompleted);
        Assert.Equal(1, _line.HeldBack);
    }

    [Fact]
    public async Task AFailureReachesAll()
    {
        var waiting = Publish("p", 1);
        var heldBack = Publish("p", 3);
        _line.Add(waiting);
        _line.TryHoldBack(heldBack);

        _line.Fail(new InvalidOperationException());

        await Assert.ThrowsAsync<InvalidOperationException>(() => waiting.Task);
        await Assert.ThrowsAsync<InvalidOperationException>(() => heldBack.Task);
        Assert.Empty(TakeAll());
    }

    private static PendingPublish Publish(string publisher, long sequence, long arrivedAt = 0) =>
        new(new PublishRequest { PublisherId = publisher, FirstSequence = sequence, Messages = Messages.Texts("x"), FollowsUnstored = true }, arrivedAt);

    private List<long> TakeAll()
    {
        var taken = new List<long>();
        while (_line.TryPeek(out var next))
        {
            _line.Take();
            taken.Add(next.Request.FirstSequence);
        }

        return taken;
    }
}
