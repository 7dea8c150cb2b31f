using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <summary>Who watches a channel: a number for each gateway, and the names that members hold, all under their gateway's lease.</summary>
/// <remarks>Pure logic; times are milliseconds since 1970 and come from the caller.</remarks>
internal sealed class ChannelRoster(long firstMember)
{
    /// <summary>How long a gateway counts without a word. Gateways renew every 5 s, so two renewals may be lost.</summary>
    public static readonly TimeSpan LeaseFor = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, Lease> _gateways = [];
    private readonly SortedDictionary<string, Holder> _members = new(StringComparer.Ordinal);
    private long _lastMember = firstMember;

    /// <summary>Viewers on all gateways.</summary>
    public int Viewers { get; private set; }

    /// <summary>Gateways that serve the channel.</summary>
    public IReadOnlyCollection<string> Gateways => _gateways.Keys;

    /// <summary>Takes what a gateway says as how things are.</summary>
    public void Renew(GatewayLease lease, long now)
    {
        if (lease.IsLast)
        {
            _gateways.Remove(lease.GatewayId);
            DropMembersOf(lease.GatewayId);
        }
        else
        {
            _gateways[lease.GatewayId] = new Lease(lease.Viewers, now + (long)LeaseFor.TotalMilliseconds);
            foreach (var held in lease.Members ?? [])
            {
                _members.TryAdd(held.Name, new Holder(held.Member, lease.GatewayId));
            }
        }

        Count();
    }

    /// <summary>Gives a gateway that holds something here a first lease: one that dies before it renews is found, too.</summary>
    public void See(string gatewayId, long now) => _gateways.TryAdd(gatewayId, new Lease(0, now + (long)LeaseFor.TotalMilliseconds));

    /// <summary>Drops gateways whose lease ran out.</summary>
    /// <returns>Those gateways.</returns>
    public IReadOnlyList<string> Expire(long now)
    {
        var dead = _gateways.Where(gateway => gateway.Value.Until <= now).Select(gateway => gateway.Key).ToArray();
        foreach (var gateway in dead)
        {
            _gateways.Remove(gateway);
            DropMembersOf(gateway);
        }

        Count();
        return dead;
    }

    /// <summary>Gives a free name to a member of a gateway, which from now on must renew its lease.</summary>
    public MemberClaim Claim(string name, string gatewayId, long now)
    {
        if (_members.ContainsKey(name))
        {
            return new MemberClaim { IsGranted = false, Member = 0 };
        }

        See(gatewayId, now);
        _members.Add(name, new Holder(++_lastMember, gatewayId));
        return new MemberClaim { IsGranted = true, Member = _lastMember };
    }

    /// <summary>Frees a name if the member still owns it.</summary>
    public void Release(string name, long member)
    {
        if (_members.TryGetValue(name, out var holder) && holder.Member == member)
        {
            _members.Remove(name);
        }
    }

    /// <summary>Lists names.</summary>
    public MemberPage List(int skip, int take) => new()
    {
        Names = [.. _members.Keys.Skip(skip).Take(Math.Clamp(take, 0, MemberPage.MaxNames))],
        Total = _members.Count,
    };

    private void Count() => Viewers = _gateways.Values.Sum(lease => lease.Viewers);

    private void DropMembersOf(string gatewayId)
    {
        foreach (var name in _members.Where(member => member.Value.GatewayId == gatewayId).Select(member => member.Key).ToArray())
        {
            _members.Remove(name);
        }
    }

    private readonly record struct Lease(int Viewers, long Until);

    private readonly record struct Holder(long Member, string GatewayId);
}
