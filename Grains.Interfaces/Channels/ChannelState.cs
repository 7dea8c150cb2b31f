namespace OrleansRelay.Channels;

/// <summary>A channel as its grain sees it at one moment.</summary>
[GenerateSerializer, Immutable, Alias("relay.channel-state")]
public sealed record ChannelState
{
    /// <summary>The current epoch.</summary>
    [Id(0)]
    public required long Epoch { get; init; }

    /// <summary>The offset of the newest message, 0 before the first.</summary>
    [Id(1)]
    public required long Head { get; init; }

    /// <summary>The offset of the oldest message still held; <see cref="Head"/> + 1 when none is.</summary>
    [Id(2)]
    public required long FirstHeld { get; init; }

    /// <summary>Whether a publisher has it open.</summary>
    [Id(3)]
    public required bool IsLive { get; init; }

    /// <summary>Viewers on all gateways.</summary>
    [Id(4)]
    public required int Viewers { get; init; }

    /// <summary>Payload bytes held.</summary>
    [Id(5)]
    public required long HeldBytes { get; init; }

    /// <summary>When the present or last stream began, in milliseconds since 1970; 0 for never.</summary>
    [Id(6)]
    public long StartedAt { get; init; }

    /// <summary>When the last stream ended, in milliseconds since 1970; 0 while one runs.</summary>
    [Id(7)]
    public long EndedAt { get; init; }

    /// <summary>Title and the like.</summary>
    [Id(8)]
    public required ChannelMetadata Metadata { get; init; }

    /// <summary>How gateways serve it.</summary>
    [Id(9)]
    public required ChannelSettings Settings { get; init; }

    /// <summary>Changes when the grain was re-created and has forgotten the roster: gateways then tell their members again.</summary>
    [Id(10)]
    public long RosterId { get; init; }

    /// <summary>The channel's name, as its grain knows it.</summary>
    [Id(11)]
    public required string Channel { get; init; }

    /// <summary>Whether the stream runs, as the notices told it. A publisher whose lease has just run out may still count here.</summary>
    [Id(12)]
    public ChannelLife Life { get; init; }
}

/// <summary>What a streamer says about a channel.</summary>
[GenerateSerializer, Immutable, Alias("relay.channel-metadata")]
public sealed record ChannelMetadata
{
    /// <summary>Longest text of any field, in characters.</summary>
    public const int MaxLength = 500;

    /// <summary>One line for lists.</summary>
    [Id(0)]
    public string Title { get; init; } = "";

    /// <summary>A few sentences.</summary>
    [Id(1)]
    public string Description { get; init; } = "";

    /// <summary>What is played or shown.</summary>
    [Id(2)]
    public string Game { get; init; } = "";
}

/// <summary>Options that one channel has of its own; null leaves the namespace's.</summary>
[GenerateSerializer, Immutable, Alias("relay.channel-overrides")]
public sealed record ChannelOverrides
{
    /// <summary>What happens to slow viewers.</summary>
    [Id(0)]
    public SlowViewerPolicy? SlowViewers { get; init; }

    /// <summary>Most messages held.</summary>
    [Id(1)]
    public int? HistoryMessages { get; init; }

    /// <summary>Most payload bytes held.</summary>
    [Id(2)]
    public int? HistoryBytes { get; init; }
}
