namespace OrleansRelay.Channels;

/// <summary>What to do with a viewer whose queue is full.</summary>
public enum SlowViewerPolicy : byte
{
    /// <summary>Close it with a code that says so; it may come back and catch up from the buffer.</summary>
    Disconnect = 0,

    /// <summary>Skip the oldest messages that wait for it, and tell it of the gap.</summary>
    DropOldest = 1,

    /// <summary>Skip all that wait but the newest message: for video frames.</summary>
    LatestOnly = 2,
}

/// <summary>What to do with a publisher when the channel already has one.</summary>
public enum PublisherPolicy : byte
{
    /// <summary>The newcomer takes the channel over and the former one is closed.</summary>
    TakeOver = 0,

    /// <summary>The newcomer is refused.</summary>
    Refuse = 1,

    /// <summary>All publish side by side.</summary>
    Shared = 2,
}

/// <summary>What a gateway must know of a channel to serve it. The channel grain is the only source, so all gateways agree.</summary>
[GenerateSerializer, Immutable, Alias("relay.channel-settings")]
public sealed record ChannelSettings
{
    /// <summary>Largest message, in bytes of payload.</summary>
    [Id(0)]
    public required int MaxMessageBytes { get; init; }

    /// <summary>Most bytes that may wait for one viewer.</summary>
    [Id(1)]
    public required int ViewerQueueBytes { get; init; }

    /// <summary>Most messages that may wait for one viewer.</summary>
    [Id(2)]
    public required int ViewerQueueMessages { get; init; }

    /// <summary>What happens to a viewer that has more waiting.</summary>
    [Id(3)]
    public required SlowViewerPolicy SlowViewers { get; init; }
}
