namespace OrleansRelay.Grains.Channels;

/// <summary>What is stored of each publisher, so that a resent message is stored once.</summary>
/// <remarks>
/// One line a publisher: its newest sequence and that message's offset. Publishers number without gaps and one batch is under way at a
/// time, so all up to the newest are stored. Bounded: the line used longest ago goes first.
/// </remarks>
internal sealed class PublisherLedger
{
    /// <summary>Most publishers remembered of one channel. 1,024 lines of ~150 bytes: at most 150 KB a channel.</summary>
    public const int MaxPublishers = 1024;

    private readonly Dictionary<string, LedgerLine> _lines = [];

    /// <summary>The lines, for the stored buffer.</summary>
    public IReadOnlyCollection<LedgerLine> Lines => _lines.Values;

    /// <summary>What is stored of a publisher; all zero for an unknown one.</summary>
    public LedgerLine Find(string publisherId) =>
        _lines.TryGetValue(publisherId, out var line) ? line : new LedgerLine { PublisherId = publisherId };

    /// <summary>Writes what is stored now.</summary>
    public void Write(LedgerLine line)
    {
        if (!_lines.ContainsKey(line.PublisherId) && _lines.Count >= MaxPublishers)
        {
            _lines.Remove(_lines.Values.MinBy(candidate => candidate.WrittenAt)!.PublisherId);
        }

        _lines[line.PublisherId] = line;
    }

    /// <summary>Forgets publishers that have been silent since before a time, in milliseconds since 1970, except those named.</summary>
    public void Forget(long silentSince, Func<string, bool> isOpen)
    {
        foreach (var line in _lines.Values.Where(line => line.WrittenAt < silentSince && !isOpen(line.PublisherId)).ToArray())
        {
            _lines.Remove(line.PublisherId);
        }
    }
}

/// <summary>One publisher's line.</summary>
[GenerateSerializer, Immutable, Alias("relay.ledger-line")]
public sealed record LedgerLine
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
