using OrleansRelay.Channels;
using OrleansRelay.Gateway.Streams;
using OrleansRelay.Gateway.Tests.Viewers;

namespace OrleansRelay.Gateway.Tests.Streams;

public sealed class ChannelPresenceTests
{
    private readonly ChannelPresence _presence = new(FakeChannel.Name);

    [Fact]
    public void ALeaseSaysHowThingsAre()
    {
        _presence.ChangeViewers(+2);
        _presence.ChangeViewers(-1);
        _presence.AddSession(5);
        _presence.AddSession(6);
        _presence.RemoveSession(5);

        var lease = _presence.ToLease("g", now: 1, isLast: false);

        Assert.Equal(("g", 1, false), (lease.GatewayId, lease.Viewers, lease.IsLast));
        Assert.Equal([6], lease.Sessions);
    }

    [Fact]
    public void AChangeIsToldOnce()
    {
        Assert.True(_presence.IsDirty);
        _presence.ToLease("g", 1, isLast: false);
        Assert.False(_presence.IsDirty);

        _presence.ChangeFeeds(+1);
        Assert.True(_presence.IsDirty);
    }

    [Fact]
    public void WhatCouldNotBeToldIsToldAgain()
    {
        _presence.ToLease("g", 1, isLast: false);
        _presence.TellSoon();

        Assert.True(_presence.IsDirty);
    }

    [Fact]
    public void MembersAreToldUntilTheChannelKnowsThemAndAgainWhenItHasForgotten()
    {
        _presence.AddMember("ann", 7);
        Assert.Equal("ann", Told());
        _presence.Take(State(rosterId: 1));
        Assert.Null(Told());

        _presence.Take(State(rosterId: 2));

        Assert.True(_presence.IsDirty);
        Assert.Equal("ann", Told());
        _presence.Take(State(rosterId: 2));
        Assert.Null(Told());
    }

    [Fact]
    public void ItIsEmptyWhenNothingIsHeld()
    {
        Assert.True(_presence.IsEmpty);
        _presence.ChangeViewers(+1);
        _presence.ChangeFeeds(+1);
        _presence.AddSession(1);
        _presence.AddMember("ann", 1);
        _presence.ChangeViewers(-1);
        _presence.ChangeFeeds(-1);
        _presence.RemoveSession(1);
        Assert.False(_presence.IsEmpty);

        _presence.RemoveMember("ann");

        Assert.True(_presence.IsEmpty);
    }

    private string? Told() => _presence.ToLease("g", 1, isLast: false).Members is { } members ? string.Join(' ', members.Select(member => member.Name)) : null;

    private static ChannelState State(long rosterId) => new()
    {
        Channel = "chess",
        Epoch = 1,
        Head = 0,
        FirstHeld = 1,
        IsLive = true,
        Viewers = 0,
        HeldBytes = 0,
        RosterId = rosterId,
        Metadata = new ChannelMetadata(),
        Settings = Build.Settings(),
    };
}
