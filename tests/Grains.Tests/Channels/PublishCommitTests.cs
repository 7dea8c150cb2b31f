using OrleansRelay.Channels;
using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

public sealed class PublishCommitTests
{
    private readonly PublishCommit _commit = new();

    public PublishCommitTests() => _commit.Begin(firstOffset: 11);

    [Fact]
    public void OnePublishIsStoredAsItCame()
    {
        var publish = Publish("p", 1, "a", "b");
        _commit.Add(publish, skip: 0, now: 5);

        Assert.Same(publish.Request.Messages, _commit.Messages());
        Assert.Equal([new PublisherLine { PublisherId = "p", LastSequence = 2, LastOffset = 12, WrittenAt = 5 }], _commit.Lines);
    }

    [Fact]
    public async Task EachIsToldOfItsOwnLastMessage()
    {
        var (first, second, nameless) = (Publish("p", 4, "a", "b", "c"), Publish("p", 7, "d"), Publish("", 0, "e"));
        _commit.Add(first, skip: 1, now: 0);
        _commit.Add(second, skip: 0, now: 0);
        _commit.Add(nameless, skip: 0, now: 0);

        Assert.Equal(["b", "c", "d", "e"], _commit.Messages().Texts());
        Assert.Equal(7, Assert.Single(_commit.Lines).LastSequence);
        Assert.Null(_commit.Find("q"));
        _commit.Answer(epoch: 3);

        Assert.Equal(new PublishResult { Status = PublishStatus.Stored, Epoch = 3, LastOffset = 12, LastSequence = 6 }, await first.Task);
        Assert.Equal(new PublishResult { Status = PublishStatus.Stored, Epoch = 3, LastOffset = 13, LastSequence = 7 }, await second.Task);
        Assert.Equal(new PublishResult { Status = PublishStatus.Stored, Epoch = 3, LastOffset = 14 }, await nameless.Task);
    }

    [Fact]
    public async Task WhatIsOverIsNotHeldAndNotToldAgain()
    {
        var (stored, failed) = (Publish("p", 1, "a"), Publish("", 0, "b"));
        _commit.Add(stored, skip: 0, now: 0);
        _commit.Answer(epoch: 1);
        Assert.True(_commit.IsEmpty);
        Assert.Empty(_commit.Messages());

        _commit.Begin(firstOffset: 12);
        _commit.Add(failed, skip: 0, now: 0);
        Assert.True(_commit.FeedsChannel);
        Assert.Empty(_commit.Lines);
        _commit.Fail(new InvalidOperationException());

        Assert.Equal(11, (await stored.Task).LastOffset);
        await Assert.ThrowsAsync<InvalidOperationException>(() => failed.Task);
        Assert.Equal((true, false), (_commit.IsEmpty, _commit.FeedsChannel));
    }

    [Fact]
    public void ACommitHasABound()
    {
        _commit.Add(Publish("p", 1, [.. Enumerable.Repeat("x", 1023)]), skip: 0, now: 0);
        Assert.False(_commit.IsFull);

        _commit.Add(Publish("p", 1024, "x"), skip: 0, now: 0);

        Assert.True(_commit.IsFull);
    }

    private static PendingPublish Publish(string publisher, long sequence, params string[] texts) =>
        new(new PublishRequest { PublisherId = publisher, FirstSequence = sequence, Messages = Messages.Texts(texts) }, arrivedAt: 0);
}
