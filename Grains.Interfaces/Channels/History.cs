namespace OrleansRelay.Channels;

/// <summary>A run of messages that a channel holds, as much as fits into one answer.</summary>
[GenerateSerializer, Immutable, Alias("relay.history-page")]
public sealed class HistoryPage
{
    /// <summary>Most messages of one page: one answer stays short, so that publishing isn't held up behind it.</summary>
    public const int MaxMessages = 2048;

    /// <summary>Payload bytes after which a page is closed; one message larger than this makes a page of its own.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>The epoch of the channel, which the asker compares with the one it expected.</summary>
    [Id(0)]
    public required long Epoch { get; init; }

    /// <summary>The offset of the first message: the one asked for, or the oldest held if that is gone.</summary>
    [Id(1)]
    public required long FirstOffset { get; init; }

    /// <summary>The messages; empty when nothing newer is held.</summary>
    [Id(2)]
    public required Message[] Messages { get; init; }

    /// <summary>The offset of the newest message of the channel.</summary>
    [Id(3)]
    public required long Head { get; init; }

    /// <summary>The channel's life when it was read; of version 0 from a silo of a former release.</summary>
    [Id(4)]
    public ChannelLife Life { get; init; }

    /// <summary>The offset to ask for next.</summary>
    public long NextOffset => FirstOffset + Messages.Length;
}
