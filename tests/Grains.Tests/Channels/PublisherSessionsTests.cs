using OrleansRelay.Channels;
using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

public sealed class PublisherSessionsTests
{
    private readonly PublisherSessions _sessions = new(firstSession: 100);

    [Fact]
    public void NumbersGrowFromTheFirst() => Assert.True(Open("a") < Open("b"));

    [Fact]
    public void ANewcomerTakesOver()
    {
        var former = Open("a");
        var latter = Open("b");

        Assert.Equal((PublishStatus.Superseded, PublishStatus.Stored), (_sessions.Check(former), _sessions.Check(latter)));
        Assert.Equal((false, true), (_sessions.IsOpen("a"), _sessions.IsOpen("b")));
    }

    [Fact]
    public void ANewcomerIsRefused()
    {
        var former = Open("a", PublisherPolicy.Refuse);

        Assert.Null(_sessions.Open(Opening("b"), PublisherPolicy.Refuse));
        Assert.Equal(PublishStatus.Stored, _sessions.Check(former));
    }

    [Fact]
    public void APublisherIsNeverInItsOwnWay()
    {
        var former = Open("a", PublisherPolicy.Refuse);
        var latter = Open("a", PublisherPolicy.Refuse);

        Assert.Equal((PublishStatus.Superseded, PublishStatus.Stored), (_sessions.Check(former), _sessions.Check(latter)));
    }

    [Fact]
    public void ALostPublisherDoesNotKeepOthersOut()
    {
        var lost = Open("a", PublisherPolicy.Refuse);
        _sessions.Close(lost, waitUntil: 50);

        Open("b", PublisherPolicy.Refuse);

        Assert.Equal(PublishStatus.Superseded, _sessions.Check(lost));
    }

    [Fact]
    public void AllPublishSideBySide()
    {
        var former = Open("a", PublisherPolicy.Shared);
        var latter = Open("b", PublisherPolicy.Shared);

        Assert.Equal((PublishStatus.Stored, PublishStatus.Stored), (_sessions.Check(former), _sessions.Check(latter)));
    }

    [Fact]
    public void AClosedSessionIsUnknown()
    {
        var session = Open("a");
        _sessions.Close(session, waitUntil: null);

        Assert.Equal(PublishStatus.UnknownSession, _sessions.Check(session));
        Assert.False(_sessions.IsLive(0));
    }

    [Fact]
    public void ALostPublisherHasUntilItsTimeToComeBack()
    {
        var session = Open("a");
        _sessions.Close(session, waitUntil: 50);

        _sessions.Expire(49);
        Assert.True(_sessions.IsLive(49));
        _sessions.Expire(50);

        Assert.False(_sessions.IsLive(50));
        Assert.Equal(PublishStatus.UnknownSession, _sessions.Check(session));
    }

    [Fact]
    public void ALostSessionThatPublishesIsFoundAgain()
    {
        var session = Open("a");
        _sessions.Close(session, waitUntil: 50);

        Assert.Equal(PublishStatus.Stored, _sessions.Check(session));
        _sessions.Expire(1000);

        Assert.True(_sessions.IsLive(1000));
    }

    [Fact]
    public void ALaterLossDoesNotLengthenTheWait()
    {
        var session = Open("a");
        _sessions.Close(session, waitUntil: 50);
        _sessions.Close(session, waitUntil: 90);

        _sessions.Expire(50);

        Assert.False(_sessions.IsLive(50));
    }

    [Fact]
    public void SessionsThatAGatewayNamesNoMoreWait()
    {
        var kept = Open("a", PublisherPolicy.Shared, gateway: "g");
        Open("b", PublisherPolicy.Shared, gateway: "g");
        var elsewhere = Open("c", PublisherPolicy.Shared, gateway: "h");

        _sessions.Keep("g", [kept], waitUntil: 50);
        _sessions.Expire(50);

        Assert.Equal((true, false, true), (_sessions.IsOpen("a"), _sessions.IsOpen("b"), _sessions.IsOpen("c")));
        Assert.Equal(PublishStatus.Stored, _sessions.Check(elsewhere));
    }

    [Fact]
    public void AFeedWithoutSessionsKeepsTheChannelLiveForAWhile()
    {
        _sessions.Feed(until: 50);

        Assert.Equal((true, false), (_sessions.IsLive(49), _sessions.IsLive(50)));
    }

    [Fact]
    public void TheMemoryOfTheSupersededIsBounded()
    {
        var first = Open("a");
        for (var number = 0; number < 100; number++)
        {
            Open("a");
        }

        Assert.Equal(PublishStatus.UnknownSession, _sessions.Check(first));
    }

    private long Open(string publisher, PublisherPolicy policy = PublisherPolicy.TakeOver, string gateway = "g") =>
        _sessions.Open(Opening(publisher, gateway), policy) ?? throw new InvalidOperationException($"{publisher} was refused.");

    private static PublisherOpening Opening(string publisher, string gateway = "g") => new() { PublisherId = publisher, GatewayId = gateway };
}
