namespace OrleansRelay.LoadTest.Checking;

/// <summary>Checks one viewer's deliveries: each publisher's sequence must come without gap, repetition or change of order.</summary>
/// <param name="totals">Where it is counted.</param>
/// <param name="publishers">How many publishers the channel has.</param>
/// <param name="startsAtFirst">Whether the viewer must get everything from sequence 1; otherwise from the first that it gets.</param>
internal sealed class DeliveryChecker(CheckTotals totals, int publishers, bool startsAtFirst)
{
    private readonly long[] _next = Begin(publishers, startsAtFirst);
    private Dictionary<int, SortedSet<long>>? _missing;

    /// <summary>Checks a delivery.</summary>
    /// <returns>Whether it is a new one.</returns>
    public bool Accept(int publisher, long sequence)
    {
        ref var next = ref _next[publisher];
        if (sequence == next || next == 0)
        {
            next = sequence + 1;
            totals.Delivered++;
            return true;
        }

        return AcceptSlow(publisher, sequence, ref next);
    }

    /// <summary>Whether everything up to a sequence has come or been left out.</summary>
    public bool HasReached(int publisher, long lastSequence) => _next[publisher] > lastSequence;

    /// <summary>Counts what never came of a publisher's messages.</summary>
    public void Finish(int publisher, long lastSequence)
    {
        var left = _next[publisher] == 0 ? 0 : Math.Max(0, lastSequence + 1 - _next[publisher]);
        totals.Lost += left + (_missing is not null && _missing.TryGetValue(publisher, out var missing) ? missing.Count : 0);
    }

    private bool AcceptSlow(int publisher, long sequence, ref long next)
    {
        _missing ??= [];
        if (!_missing.TryGetValue(publisher, out var missing))
        {
            _missing.Add(publisher, missing = []);
        }

        if (sequence > next)
        {
            for (var left = next; left < sequence; left++)
            {
                missing.Add(left);
            }

            next = sequence + 1;
            totals.Delivered++;
            return true;
        }

        if (missing.Remove(sequence))
        {
            totals.Reordered++;
            totals.Delivered++;
            return true;
        }

        totals.Duplicated++;
        return false;
    }

    private static long[] Begin(int publishers, bool startsAtFirst)
    {
        var next = new long[publishers];
        next.AsSpan().Fill(startsAtFirst ? 1 : 0);
        return next;
    }
}
