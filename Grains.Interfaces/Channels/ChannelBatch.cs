namespace OrleansRelay.Channels;

/// <summary>What travels on a channel's stream: neighbouring messages in order, then at most one notice.</summary>
[GenerateSerializer, Immutable, Alias("relay.batch")]
public sealed class ChannelBatch
{
    /// <summary>The epoch of all its messages.</summary>
    [Id(0)]
    public required long Epoch { get; init; }

    /// <summary>The offset of the first message, or of the next one to come when the batch has none.</summary>
    [Id(1)]
    public required long FirstOffset { get; init; }

    /// <summary>The messages; their offsets follow one another.</summary>
    [Id(2)]
    public required Message[] Messages { get; init; }

    /// <summary>What happened to the channel after the last of these messages.</summary>
    [Id(3)]
    public ChannelNotice Notice { get; init; }

    /// <summary>The channel's life after <see cref="Notice"/>, or while these messages were stored; of version 0 from a silo of a former release.</summary>
    [Id(4)]
    public ChannelLife Life { get; init; }

    /// <summary>The offset that the next batch begins with.</summary>
    public long NextOffset => FirstOffset + Messages.Length;
}

/// <summary>What can happen to a channel besides a message.</summary>
public enum ChannelNotice : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A publisher opened the channel; the buffer goes on.</summary>
    Started = 1,

    /// <summary>A publisher began anew: what was buffered before is gone. Offsets go on.</summary>
    Reset = 2,

    /// <summary>The publisher closed the channel.</summary>
    Ended = 3,

    /// <summary>The publisher vanished and did not come back within its lease.</summary>
    PublisherLost = 4,
}
