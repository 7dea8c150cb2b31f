namespace OrleansRelay.Chaos.History;

/// <summary>What the relay promises, each as the way in which it can be broken.</summary>
internal enum Rule
{
    /// <summary>An acknowledged message did not reach a viewer, or the relay forgot that it has it.</summary>
    AcknowledgedLost,

    /// <summary>A message is stored twice, or came twice to a viewer.</summary>
    Duplicate,

    /// <summary>A publisher's messages are stored in another order, or a viewer was sent back.</summary>
    Reordered,

    /// <summary>Two viewers saw different messages at one position.</summary>
    OrdersDiverge,

    /// <summary>A position was left out without a word.</summary>
    SilentGap,

    /// <summary>A payload is not what was published.</summary>
    PayloadChanged,

    /// <summary>The flag <c>recovered</c>, or its reason, was not true.</summary>
    FalseRecovered,

    /// <summary>A notice of a gap, an epoch or a position was not true.</summary>
    FalseNotice,

    /// <summary>An acknowledgement names a position where something else is.</summary>
    FalseAck,

    /// <summary>A message that nobody published.</summary>
    NeverPublished,

    /// <summary>A message was still not acknowledged when everything had long been well again.</summary>
    NeverAcknowledged,

    /// <summary>Somebody who did nothing wrong was told not to come back.</summary>
    WrongClose,
}

/// <summary>One broken promise.</summary>
internal sealed record Finding(Rule Rule, string Channel, string Who, string What);

/// <summary>Collects findings.</summary>
internal sealed class FindingList(string channel)
{
    private readonly List<Finding> _all = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<Finding> All => _all;

    /// <summary>Adds one.</summary>
    public void Add(Rule rule, string who, string what) => _all.Add(new Finding(rule, channel, who, what));
}

/// <summary>What the checker says of one channel.</summary>
internal sealed record ChannelVerdict
{
    public required string Channel { get; init; }

    public required long Published { get; init; }

    public required long Acknowledged { get; init; }

    public required long Stored { get; init; }

    public required IReadOnlyDictionary<string, long> DeliveredToEachViewer { get; init; }

    public required int Epochs { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }
}
