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
}
