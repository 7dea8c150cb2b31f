using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <summary>Who has the channel open for publishing, and who lost it to whom.</summary>
/// <remarks>Pure logic; times are milliseconds since 1970 and come from the caller. Session numbers grow over the life of the channel.</remarks>
internal sealed class PublisherSessions(long firstSession)
{
    /// <summary>Superseded sessions remembered, so that a late publish of theirs is told why it is refused.</summary>
    private const int MaxSuperseded = 64;

    private readonly Dictionary<long, Session> _open = [];
    private readonly Queue<long> _superseded = [];
    private long _next = firstSession;
    private long _feedUntil;

    /// <summary>Whether anyone publishes, or may still come back.</summary>
    public bool IsLive(long now) => _open.Count > 0 || _feedUntil > now;

    /// <summary>When the next wait for a publisher is over; far in the future when none is waited for.</summary>
    public long NextEnd(long now)
    {
        var next = _feedUntil > now ? _feedUntil : long.MaxValue;
        foreach (var session in _open.Values)
        {
            next = Math.Min(next, session.LostUntil ?? long.MaxValue);
        }

        return next;
    }

    /// <summary>The newest session that is open, 0 for none.</summary>
    public long Newest => _open.Keys.DefaultIfEmpty().Max();

    /// <summary>Whether a publisher has a session.</summary>
    public bool IsOpen(string publisherId) => _open.Values.Any(session => session.PublisherId == publisherId);

    /// <summary>Opens a session by the channel's policy.</summary>
    /// <returns>The session, or null when the channel is taken and refuses a second publisher.</returns>
    public long? Open(PublisherOpening opening, PublisherPolicy policy)
    {
        if (_open.Any(open => IsInTheWay(open.Value, opening, policy) && IsNewer(open.Key, open.Value, opening)))
        {
            return null;
        }

        // A publisher that reconnects is never in its own way.
        foreach (var (session, _) in _open.Where(open => open.Value.PublisherId == opening.PublisherId).ToArray())
        {
            Supersede(session);
        }

        if (policy == PublisherPolicy.Refuse && _open.Values.Any(session => session.LostUntil is null))
        {
            return null;
        }

        if (policy != PublisherPolicy.Shared)
        {
            foreach (var session in _open.Keys.ToArray())
            {
                Supersede(session);
            }
        }

        _next++;
        _open.Add(_next, new Session(opening.PublisherId, opening.GatewayId, opening.FirstSession > 0 ? opening.FirstSession : _next));
        return _next;
    }

    /// <summary>Whether a session may publish; a lost one that publishes is found again.</summary>
    public PublishStatus Check(long session)
    {
        if (_open.TryGetValue(session, out var open))
        {
            open.LostUntil = null;
            return PublishStatus.Stored;
        }

        return _superseded.Contains(session) ? PublishStatus.Superseded : PublishStatus.UnknownSession;
    }

    /// <summary>Keeps a channel that is fed without sessions live for a while.</summary>
    public void Feed(long until) => _feedUntil = until;

    /// <summary>Closes a session for good, or lets it wait for its publisher until a time.</summary>
    public void Close(long session, long? waitUntil)
    {
        if (waitUntil is null)
        {
            _open.Remove(session);
        }
        else if (_open.TryGetValue(session, out var open))
        {
            open.LostUntil ??= waitUntil;
        }
    }

    /// <summary>Lets all sessions of a gateway wait that it doesn't name as held.</summary>
    public void Keep(string gatewayId, IReadOnlyCollection<long> held, long waitUntil)
    {
        foreach (var (session, open) in _open)
        {
            if (open.GatewayId == gatewayId)
            {
                open.LostUntil = held.Contains(session) ? null : open.LostUntil ?? waitUntil;
            }
        }
    }

    /// <summary>Drops sessions whose wait is over.</summary>
    public void Expire(long now)
    {
        foreach (var (session, open) in _open.Where(open => open.Value.LostUntil <= now).ToArray())
        {
            _open.Remove(session);
        }
    }

    private static bool IsInTheWay(Session open, PublisherOpening opening, PublisherPolicy policy) =>
        policy != PublisherPolicy.Shared || open.PublisherId == opening.PublisherId;

    /// <summary>Whether an open session came after what is to be opened: that is late, or opens again for a connection that was replaced.</summary>
    private static bool IsNewer(long session, Session open, PublisherOpening opening) => opening.FirstSession > 0
        ? open.FirstSession > opening.FirstSession
        : session > (opening.After ?? long.MaxValue);

    private void Supersede(long session)
    {
        _open.Remove(session);
        _superseded.Enqueue(session);
        if (_superseded.Count > MaxSuperseded)
        {
            _superseded.Dequeue();
        }
    }

    private sealed class Session(string publisherId, string gatewayId, long firstSession)
    {
        public string PublisherId { get; } = publisherId;

        public string GatewayId { get; } = gatewayId;

        /// <summary>The connection's first session: the larger one belongs to the newer connection.</summary>
        public long FirstSession { get; } = firstSession;

        /// <summary>Null while the publisher is there.</summary>
        public long? LostUntil { get; set; }
    }
}
