using OrleansRelay.Channels;
using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

public sealed class ChannelRosterTests
{
    private static readonly long LeaseMilliseconds = (long)ChannelRoster.LeaseFor.TotalMilliseconds;
    private readonly ChannelRoster _roster = new(firstMember: 100);

    [Fact]
    public void ViewersOfAllGatewaysAreCounted()
    {
        Renew("g", viewers: 2);
        Renew("h", viewers: 3);
        Renew("g", viewers: 1);

        Assert.Equal(4, _roster.Viewers);
    }

    [Fact]
    public void AGatewayThatIsSilentForItsLeaseIsDropped()
    {
        Renew("g", viewers: 2, now: 0);
        Renew("h", viewers: 3, now: 1);

        Assert.Empty(_roster.Expire(LeaseMilliseconds - 1));
        Assert.Equal(["g"], _roster.Expire(LeaseMilliseconds));
        Assert.Equal(3, _roster.Viewers);
    }

    [Fact]
    public void AGatewayThatLeavesTakesItsMembersAlong()
    {
        _roster.Claim("ann", "g", now: 0);
        _roster.Claim("bob", "h", now: 0);

        _roster.Renew(Lease("g", viewers: 0, isLast: true), now: 1);

        Assert.Equal(["bob"], _roster.List(0, 10).Names);
        Assert.Equal(["h"], _roster.Gateways);
    }

    [Fact]
    public void ANameHasOneOwner()
    {
        var first = _roster.Claim("ann", "g", now: 0);
        var second = _roster.Claim("ann", "h", now: 0);

        Assert.Equal((true, false), (first.IsGranted, second.IsGranted));
        Assert.True(first.Member > 100);
    }

    [Fact]
    public void OnlyItsOwnerGivesANameBack()
    {
        var claim = _roster.Claim("ann", "g", now: 0);

        _roster.Release("ann", claim.Member + 1);
        Assert.False(_roster.Claim("ann", "g", now: 0).IsGranted);
        _roster.Release("ann", claim.Member);

        Assert.True(_roster.Claim("ann", "g", now: 0).IsGranted);
    }

    [Fact]
    public void AClaimHoldsForOneLeaseUnlessItsGatewayRenews()
    {
        _roster.Claim("ann", "g", now: 0);
        _roster.Claim("bob", "h", now: 0);
        Renew("h", viewers: 0, now: 10);

        _roster.Expire(LeaseMilliseconds);

        Assert.Equal(["bob"], _roster.List(0, 10).Names);
    }

    [Fact]
    public void MembersThatAreToldAgainAreTakenWithTheirNumbers()
    {
        _roster.Renew(Lease("g", viewers: 1, members: [new HeldMember { Name = "ann", Member = 7 }]), now: 0);

        Assert.False(_roster.Claim("ann", "h", now: 0).IsGranted);
        _roster.Release("ann", 7);
        Assert.Equal(0, _roster.List(0, 10).Total);
    }

    [Fact]
    public void ANameThatWasTakenMeanwhileStaysWithItsNewOwner()
    {
        var claim = _roster.Claim("ann", "h", now: 0);

        _roster.Renew(Lease("g", viewers: 1, members: [new HeldMember { Name = "ann", Member = 7 }]), now: 0);
        _roster.Release("ann", 7);

        Assert.Equal(1, _roster.List(0, 10).Total);
        _roster.Release("ann", claim.Member);
        Assert.Equal(0, _roster.List(0, 10).Total);
    }

    [Fact]
    public void NamesAreListedInOrderAndByPages()
    {
        foreach (var name in (string[])["c", "a", "B", "d"])
        {
            _roster.Claim(name, "g", now: 0);
        }

        Assert.Equal(["B", "a", "c", "d"], _roster.List(0, 10).Names);
        Assert.Equal(["a", "c"], _roster.List(1, 2).Names);
        Assert.Equal(4, _roster.List(1, 2).Total);
        Assert.Empty(_roster.List(0, -1).Names);
    }

    private void Renew(string gateway, int viewers, long now = 0) => _roster.Renew(Lease(gateway, viewers), now);

    private static GatewayLease Lease(string gateway, int viewers, bool isLast = false, HeldMember[]? members = null) =>
        new() { GatewayId = gateway, Viewers = viewers, Sessions = [], IsLast = isLast, Members = members };
}
