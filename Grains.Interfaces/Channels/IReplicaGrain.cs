namespace OrleansRelay.Channels;

/// <summary>The second copy of a channel's buffer, on another silo than the channel. The key is the channel's.</summary>
/// <remarks>
/// Whoever owns the channel writes here before it acknowledges. Owners are numbered; a call of an owner with a lower number than the
/// newest is refused, so an activation that was replaced and doesn't know it (a paused silo) can acknowledge nothing.
/// </remarks>
[Alias("relay.IReplicaGrain")]
public interface IReplicaGrain : IGrainWithStringKey
{
    /// <summary>Most messages of one transfer between a channel and its copy.</summary>
    const int MaxTransferMessages = 16 * 1024;

    /// <summary>Bytes of payload after which a transfer takes no further message. Publishers wait for the transfers, each a way there and back: in pages as viewers get them, 3 MB were 14 of those.</summary>
    const int MaxTransferBytes = 2 * 1024 * 1024;

    /// <summary>Makes the caller the owner and tells it what is held.</summary>
    /// <param name="owner">The number that the caller proposes; it gets a larger one if that isn't the largest.</param>
    [Alias("TakeOver")]
    Task<ReplicaHolding> TakeOverAsync(long owner);

    /// <summary>Reads what is held, page by page.</summary>
    [Alias("Read")]
    Task<HistoryPage> ReadAsync(long fromOffset, long toOffset);

    /// <summary>Holds messages. Repeating a call changes nothing.</summary>
    [Alias("Hold")]
    Task<ReplicaAnswer> HoldAsync(ReplicaAppend append);

    /// <summary>Leaves the channel to the copy: its own silo stops, and the buffer is stored nowhere else.</summary>
    /// <returns>False when the copy can't keep it: its silo stops as well, it is incomplete, or somebody else owns the channel.</returns>
    [Alias("HandOver")]
    Task<bool> HandOverAsync(long owner, long epoch, long head);

    /// <summary>Tells on which silo the copy is.</summary>
    [Alias("Where")]
    Task<string> WhereAsync();

    /// <summary>Forgets everything and goes, so that the next call makes a copy elsewhere.</summary>
    [Alias("Retire")]
    Task RetireAsync(long owner);
}

/// <summary>What a replica holds.</summary>
[GenerateSerializer, Immutable, Alias("relay.replica-holding")]
public sealed record ReplicaHolding
{
    /// <summary>The number under which the caller owns the channel from now on.</summary>
    [Id(0)]
    public required long Owner { get; init; }

    /// <summary>The epoch; 0 when nothing is held.</summary>
    [Id(1)]
    public required long Epoch { get; init; }

    /// <summary>The newest offset.</summary>
    [Id(2)]
    public required long Head { get; init; }

    /// <summary>The oldest offset held.</summary>
    [Id(3)]
    public required long FirstHeld { get; init; }

    /// <summary>What is stored of each publisher.</summary>
    [Id(4)]
    public required PublisherLine[] Publishers { get; init; }
}

/// <summary>What an owner asks a replica to hold.</summary>
[GenerateSerializer, Immutable, Alias("relay.replica-append")]
public sealed class ReplicaAppend
{
    /// <summary>From <see cref="ReplicaHolding.Owner"/>.</summary>
    [Id(0)]
    public required long Owner { get; init; }

    /// <summary>The epoch.</summary>
    [Id(1)]
    public required long Epoch { get; init; }

    /// <summary>The offset of the first message.</summary>
    [Id(2)]
    public required long FirstOffset { get; init; }

    /// <summary>The messages.</summary>
    [Id(3)]
    public required Message[] Messages { get; init; }

    /// <summary>The oldest offset that the channel still holds; what is before it may go.</summary>
    [Id(4)]
    public required long FirstHeld { get; init; }

    /// <summary>What is stored of publishers after these messages.</summary>
    [Id(5)]
    public required PublisherLine[] Publishers { get; init; }

    /// <summary>Whether the copy begins anew at the first offset.</summary>
    [Id(6)]
    public bool IsStart { get; init; }
}

/// <summary>How a replica answers.</summary>
public enum ReplicaAnswer : byte
{
    /// <summary>It holds the messages.</summary>
    Held = 0,

    /// <summary>It lacks what comes before them: send the whole buffer, beginning with <see cref="ReplicaAppend.IsStart"/>.</summary>
    NeedsAll = 1,

    /// <summary>Somebody else owns the channel now. Final: acknowledge nothing any more.</summary>
    Fenced = 2,
}

/// <summary>What is stored of one publisher.</summary>
[GenerateSerializer, Immutable, Alias("relay.publisher-line")]
public sealed record PublisherLine
{
    /// <summary>The publisher.</summary>
    [Id(0)]
    public required string PublisherId { get; init; }

    /// <summary>Its newest sequence that is stored.</summary>
    [Id(1)]
    public long LastSequence { get; init; }

    /// <summary>The offset of that message.</summary>
    [Id(2)]
    public long LastOffset { get; init; }

    /// <summary>When it was stored, in milliseconds since 1970.</summary>
    [Id(3)]
    public long WrittenAt { get; init; }
}
