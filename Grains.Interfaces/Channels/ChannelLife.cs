namespace OrleansRelay.Channels;

/// <summary>Whether a channel's stream runs: what the notices of starts and ends tell one by one, as a state.</summary>
/// <remarks>Two lives of one channel show what changed between them, also to who missed the notices.</remarks>
[GenerateSerializer, Immutable, Alias("relay.channel-life")]
public readonly record struct ChannelLife
{
    /// <summary>Grows with each start, reset and end; 0 before the first. It is the time of the change in milliseconds since 1970, or a little later.</summary>
    [Id(0)]
    public long Version { get; init; }

    /// <summary>Whether the stream runs.</summary>
    [Id(1)]
    public bool IsLive { get; init; }

    /// <summary>Whether it ended because its publisher vanished.</summary>
    [Id(2)]
    public bool IsLost { get; init; }

    /// <summary>The head when a publisher last began anew: what is up to it is gone. 0 for never in this epoch.</summary>
    [Id(3)]
    public long ResetAfter { get; init; }

    /// <summary><see cref="Version"/> after that; 0 for never.</summary>
    [Id(4)]
    public long ResetVersion { get; init; }

    /// <summary>The life just after the last reset. Not a property: a record's text has all of them in it, and this one would have no end.</summary>
    public ChannelLife AtReset() => this with { Version = ResetVersion, IsLive = true, IsLost = false };

    /// <summary>The life after a notice.</summary>
    /// <param name="notice">What happened.</param>
    /// <param name="head">The channel's head when it did.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    public ChannelLife After(ChannelNotice notice, long head, long now)
    {
        var version = Math.Max(now, Version + 1);
        var isReset = notice == ChannelNotice.Reset;
        return new ChannelLife
        {
            Version = version,
            IsLive = isReset || notice == ChannelNotice.Started,
            IsLost = notice == ChannelNotice.PublisherLost,
            ResetAfter = isReset ? head : ResetAfter,
            ResetVersion = isReset ? version : ResetVersion,
        };
    }
}
