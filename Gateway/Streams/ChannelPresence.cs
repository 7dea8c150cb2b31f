using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Streams;

/// <summary>What this gateway holds on one channel, and so what it must tell the channel: viewers, publishers, members.</summary>
internal sealed class ChannelPresence(ChannelName channel)
{
    private readonly Lock _gate = new();
    private readonly HashSet<long> _sessions = [];
    private readonly Dictionary<string, long> _members = [];
    private int _viewers;
    private int _feeds;

    // The roster that knows all members told so far; 0 when all of them must be told.
    private long _rosterId;

    /// <summary>The channel.</summary>
    public ChannelName Channel => channel;

    /// <summary>Called with what the channel answered.</summary>
    public Action<ChannelState>? Renewed { get; set; }

    /// <summary>Whether the channel has not yet been told of a change.</summary>
    public bool IsDirty { get; private set; } = true;

    /// <summary>When the channel was told last, as a timestamp; 0 for never.</summary>
    public long ToldAt { get; private set; }

    /// <summary>Whether nothing is held.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _viewers == 0 && _feeds == 0 && _sessions.Count == 0 && _members.Count == 0;
            }
        }
    }

    public void ChangeViewers(int by) => Change(() => _viewers += by);

    public void ChangeFeeds(int by) => Change(() => _feeds += by);

    public void AddSession(long session) => Change(() => _sessions.Add(session));

    public void RemoveSession(long session) => Change(() => _sessions.Remove(session));

    public void AddMember(string name, long member) => Change(() => _members.Add(name, member));

    public void RemoveMember(string name) => Change(() => _members.Remove(name));

    /// <summary>What to tell the channel now.</summary>
    /// <param name="gatewayId">This gateway.</param>
    /// <param name="now">The time as a timestamp.</param>
    /// <param name="isLast">Whether the gateway lets go of the channel.</param>
    public GatewayLease ToLease(string gatewayId, long now, bool isLast)
    {
        lock (_gate)
        {
            IsDirty = false;
            ToldAt = now;
            return new GatewayLease
            {
                GatewayId = gatewayId,
                Viewers = _viewers,
                Sessions = [.. _sessions],
                IsLast = isLast,
                Members = _rosterId == 0 ? [.. _members.Select(member => new HeldMember { Name = member.Key, Member = member.Value })] : null,
            };
        }
    }

    /// <summary>Takes the channel's answer: if it has forgotten its roster, the next lease names all members.</summary>
    public void Take(ChannelState state)
    {
        lock (_gate)
        {
            if (_rosterId != 0 && _rosterId != state.RosterId)
            {
                (_rosterId, IsDirty) = (0, true);
            }
            else
            {
                _rosterId = state.RosterId;
            }
        }

        Renewed?.Invoke(state);
    }

    /// <summary>Has the channel told at the next beat: it was not after all, or its head is wanted soon.</summary>
    public void TellSoon() => IsDirty = true;

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            IsDirty = true;
        }
    }
}
