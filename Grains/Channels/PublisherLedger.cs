using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <summary>What is stored of each publisher, so that a resent message is stored once.</summary>
/// <remarks>
/// One line a publisher: its newest sequence and that message's offset. Publishers number without gaps and their batches are stored in
/// order, so all up to the newest are stored. Bounded: the line used longest ago goes first.
/// </remarks>
internal sealed class PublisherLedger
{
    /// <summary>Most publishers remembered of one channel. 1,024 lines of ~150 bytes: at most 150 KB a channel.</summary>
    public const int MaxPublishers = 1024;

    private readonly Dictionary<string, PublisherLine> _lines = [];

    /// <summary>The lines, for the stored buffer.</summary>
    public IReadOnlyCollection<PublisherLine> Lines => _lines.Values;

    /// <summary>What is stored of a publisher with a name after one of its publishes.</summary>
    /// <param name="request">The publish.</param>
    /// <param name="lastOffset">The offset of its last message.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    public static PublisherLine LineAfter(PublishRequest request, long lastOffset, long now) => new()
    {
        PublisherId = request.PublisherId,
        LastSequence = request.FirstSequence + request.Messages.Length - 1,
        LastOffset = lastOffset,
        WrittenAt = now,
    };

    /// <summary>What is stored of a publisher; all zero for an unknown one.</summary>
    public PublisherLine Find(string publisherId) =>
        _lines.TryGetValue(publisherId, out var line) ? line : new PublisherLine { PublisherId = publisherId };

    /// <summary>Writes what is stored now.</summary>
    public void Write(PublisherLine line)
    {
        if (!_lines.ContainsKey(line.PublisherId) && _lines.Count >= MaxPublishers)
        {
            _lines.Remove(_lines.Values.MinBy(candidate => candidate.WrittenAt)!.PublisherId);
        }

        _lines[line.PublisherId] = line;
    }

    /// <summary>Forgets all of them.</summary>
    public void Clear() => _lines.Clear();

    /// <summary>Forgets publishers that have been silent since before a time, in milliseconds since 1970, except those named.</summary>
    public void Forget(long silentSince, Func<string, bool> isOpen)
    {
        foreach (var line in _lines.Values.Where(line => line.WrittenAt < silentSince && !isOpen(line.PublisherId)).ToArray())
        {
            _lines.Remove(line.PublisherId);
        }
    }
}
