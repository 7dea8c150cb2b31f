using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <summary>What the storage knows of a channel at any time, crash or not.</summary>
[GenerateSerializer, Alias("relay.channel-record")]
public sealed class ChannelRecord
{
    /// <summary>The epoch when the record was written; a later one is always larger.</summary>
    [Id(0)]
    public long Epoch { get; set; }

    /// <summary>When the present or last stream began, in milliseconds since 1970.</summary>
    [Id(1)]
    public long StartedAt { get; set; }

    /// <summary>When the last stream ended, in milliseconds since 1970; 0 while one runs.</summary>
    [Id(2)]
    public long EndedAt { get; set; }

    /// <summary>Title and the like.</summary>
    [Id(3)]
    public ChannelMetadata Metadata { get; set; } = new();

    /// <summary>The channel's own options.</summary>
    [Id(4)]
    public ChannelOverrides Overrides { get; set; } = new();

    /// <summary>Whether the last stream ended because its publisher vanished.</summary>
    [Id(5)]
    public bool IsLost { get; set; }

    /// <summary><see cref="ChannelLife.ResetAfter"/>, of <see cref="Epoch"/>.</summary>
    [Id(6)]
    public long ResetAfter { get; set; }

    /// <summary><see cref="ChannelLife.ResetVersion"/>.</summary>
    [Id(7)]
    public long ResetVersion { get; set; }

    /// <summary>The channel's life as stored.</summary>
    /// <param name="epoch">The epoch that the channel is in.</param>
    public ChannelLife LifeIn(long epoch) => new()
    {
        Version = Math.Max(StartedAt, EndedAt),
        IsLive = StartedAt > 0 && EndedAt == 0,
        IsLost = IsLost,
        ResetAfter = epoch == Epoch ? ResetAfter : 0,
        ResetVersion = ResetVersion,
    };

    /// <summary>Takes over what has changed.</summary>
    public void Take(ChannelLife life)
    {
        (StartedAt, EndedAt) = life.IsLive ? (life.Version, 0) : (StartedAt, life.Version);
        (IsLost, ResetAfter, ResetVersion) = (life.IsLost, life.ResetAfter, life.ResetVersion);
    }
}
