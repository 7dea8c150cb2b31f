namespace OrleansRelay.Channels;

/// <summary>A publisher's wish to open a channel.</summary>
[GenerateSerializer, Immutable, Alias("relay.publisher-opening")]
public sealed record PublisherOpening
{
    /// <summary>Who publishes: the same name after a reconnect makes resent messages known.</summary>
    [Id(0)]
    public required string PublisherId { get; init; }

    /// <summary>The gateway that holds its connection.</summary>
    [Id(1)]
    public required string GatewayId { get; init; }

    /// <summary>Whether what is buffered is dropped first, as a new game of seed 000 does.</summary>
    [Id(2)]
    public bool StartsAnew { get; init; }

    /// <summary>The first session of the connection when it opens again because the channel forgot it; 0 when it opens for the first time.</summary>
    /// <remarks>A gateway that stood still for a while reopens for a publisher who has long been elsewhere: it must not take the channel from it.</remarks>
    [Id(3)]
    public long FirstSession { get; init; }

    /// <summary>The newest session of the channel that the opener knows of: a newer one that is in its way refuses it. Null: it takes over whatever is open.</summary>
    /// <remarks>A call may be carried out long after its caller gave it up, when the silo that passed it on stood still: measured, 16 s. By then the publisher is back elsewhere.</remarks>
    [Id(4)]
    public long? After { get; init; }
}

/// <summary>The answer to <see cref="PublisherOpening"/>.</summary>
[GenerateSerializer, Immutable, Alias("relay.publisher-opened")]
public sealed record PublisherOpened
{
    /// <summary>False when the channel has a publisher and its policy is <see cref="PublisherPolicy.Refuse"/>.</summary>
    [Id(0)]
    public required bool IsAccepted { get; init; }

    /// <summary>Names this opening in every later call; a later opening has a larger one.</summary>
    [Id(1)]
    public required long Session { get; init; }

    /// <summary>The newest sequence number stored of this publisher, 0 for none: it resends what comes after.</summary>
    [Id(2)]
    public required long LastSequence { get; init; }

    /// <summary>The channel as it is.</summary>
    [Id(3)]
    public required ChannelState State { get; init; }

    /// <summary>The newest session that is open, for <see cref="PublisherOpening.After"/> of the next try.</summary>
    [Id(4)]
    public long NewestSession { get; init; }
}

/// <summary>Neighbouring messages of one publisher.</summary>
[GenerateSerializer, Immutable, Alias("relay.publish-request")]
public sealed class PublishRequest
{
    /// <summary>Largest sequence of a publisher: 2^53 - 1, the largest whole number that every reader of JSON keeps exactly (RFC 8259, section 6). An ack tells it as JSON.</summary>
    public const long MaxSequence = (1L << 53) - 1;

    /// <summary>From <see cref="PublisherOpened.Session"/>; 0 for a publish without an opening (HTTP).</summary>
    [Id(0)]
    public long Session { get; init; }

    /// <summary>Who publishes; empty when the publish needs no protection against being stored twice.</summary>
    [Id(1)]
    public string PublisherId { get; init; } = "";

    /// <summary>The publisher's number of the first message; the others follow. From 1 to <see cref="MaxSequence"/>.</summary>
    [Id(2)]
    public long FirstSequence { get; init; }

    /// <summary>The messages, at least one.</summary>
    [Id(3)]
    public required Message[] Messages { get; init; }

    /// <summary>Whether the publisher's batch before this one is still under way: this one then waits for it, should it come first. False: what is missing before it was never sent.</summary>
    [Id(4)]
    public bool FollowsUnstored { get; init; }

    /// <summary>Whether messages from outside may have these numbers.</summary>
    /// <param name="first">The number of the first.</param>
    /// <param name="count">How many there are, from 1.</param>
    public static bool AreSequences(long first, int count) => first >= 1 && first <= MaxSequence - (count - 1);
}

/// <summary>How a publish went.</summary>
public enum PublishStatus : byte
{
    /// <summary>Stored in the channel's buffer, on its way to viewers.</summary>
    Stored = 0,

    /// <summary>All of it was stored before; nothing was done.</summary>
    Duplicate = 1,

    /// <summary>Another publisher has taken the channel over. Final for this session.</summary>
    Superseded = 2,

    /// <summary>The grain doesn't know the session (it was re-created): open again, then resend.</summary>
    UnknownSession = 3,

    /// <summary>A message is larger than the channel allows. Nothing was stored.</summary>
    TooLarge = 4,

    /// <summary>The numbers leave out messages that were never stored. Nothing was stored: resend from <see cref="PublishResult.LastSequence"/> + 1.</summary>
    SequenceGap = 5,
}

/// <summary>The answer to a publish.</summary>
[GenerateSerializer, Immutable, Alias("relay.publish-result")]
public sealed record PublishResult
{
    /// <summary>How it went.</summary>
    [Id(0)]
    public required PublishStatus Status { get; init; }

    /// <summary>The epoch of the stored messages.</summary>
    [Id(1)]
    public long Epoch { get; init; }

    /// <summary>The offset of the last message of this publisher that is stored.</summary>
    [Id(2)]
    public long LastOffset { get; init; }

    /// <summary>The newest sequence number stored of this publisher.</summary>
    [Id(3)]
    public long LastSequence { get; init; }
}
