namespace OrleansRelay.Chaos.History;

/// <summary>Walks through what one viewer saw, over all its connections, and holds each thing against what must come there.</summary>
internal sealed class ViewerCheck(string viewer, ChannelLog log, FindingList findings, long heldAtLeast)
{
    private readonly HashSet<Key> _seen = [];

    // What must come next: nothing is known before the first hello.
    private Place? _next;
    private Place? _last;

    /// <summary>The viewer.</summary>
    public string Viewer => viewer;

    /// <summary>Every message that it saw.</summary>
    public IReadOnlySet<Key> Seen => _seen;

    /// <summary>Checks all of it, in order.</summary>
    public void Check(IEnumerable<ViewerEvent> events)
    {
        foreach (var happened in events)
        {
            switch (happened)
            {
                case ViewerJoined joined:
                    CheckHello(joined);
                    _next = joined.Next;
                    break;
                case MessageSeen message:
                    CheckMessage(message);
                    break;
                case GapTold gap:
                    CheckGap(gap);
                    _next = new Place(gap.Epoch, gap.To + 1);
                    break;
                case EpochTold epoch:
                    if (_next is { } before && epoch.Next.Epoch <= before.Epoch)
                    {
                        findings.Add(Rule.FalseNotice, viewer, $"epoch {epoch.Next.Epoch} told in epoch {before.Epoch}");
                    }

                    _next = epoch.Next;
                    break;
                case HeadTold head when _next is { } expected && head.Head.Next != expected:
                    findings.Add(Rule.FalseNotice, viewer, $"position {head.Head} told where {expected} comes next");
                    break;
                case ViewerLeft left when CloseCodes.IsFinal(left.Code):
                    findings.Add(Rule.WrongClose, viewer, $"was closed with {left.Code} at {left.At} µs, though it did nothing wrong");
                    break;
            }
        }
    }

    private void CheckMessage(MessageSeen message)
    {
        var (place, key) = (message.Place, new Key(message.Publisher, message.Sequence));
        if (!message.IsIntact)
        {
            findings.Add(Rule.PayloadChanged, viewer, $"at {place}");
            _next = place.Next;
            return;
        }

        if (_last is { } last && place.CompareTo(last) <= 0)
        {
            var rule = _seen.Contains(key) ? Rule.Duplicate : Rule.Reordered;
            findings.Add(rule, viewer, $"{key} at {place} comes after {last}");
        }
        else if (_next is { } next && place != next)
        {
            findings.Add(Rule.SilentGap, viewer, $"{place} came where {next} was due");
        }

        if (!_seen.Add(key) && (_last is null || place.CompareTo(_last.Value) > 0))
        {
            findings.Add(Rule.Duplicate, viewer, $"{key} came again at {place}");
        }

        if (log.Put(place, key) is { } other)
        {
            findings.Add(Rule.OrdersDiverge, viewer, $"{key} is at {place}, where others saw {other}");
        }

        _last = place;
        _next = place.Next;
    }

    /// <summary>The flag says whether this viewer gets every message after the one that it named; the reason, why it doesn't.</summary>
    private void CheckHello(ViewerJoined hello)
    {
        if (hello.Since is not { } since)
        {
            Expect(hello.Recovered is null, hello, "a flag without a position to recover");
            return;
        }

        switch (hello.Recovered)
        {
            case null:
                Expect(false, hello, "no flag");
                break;
            case true:
                Expect(hello.Next == since.Next, hello, "it does not go on there");
                break;
            case false when hello.Reason == "epoch-changed":
                Expect(hello.Next.Epoch > since.Epoch, hello, "the epoch did not change");
                break;
            case false when hello.Reason == "expired":
                Expect(hello.FirstHeld > since.Offset + 1 && IsOld(since.Offset + 1, hello.Head), hello, "that is still held");
                break;
            default:
                // "future" can't be: the relay itself gave this viewer that position.
                Expect(false, hello, "it had been given that position");
                break;
        }
    }

    private void CheckGap(GapTold gap)
    {
        var isWhereItStands = _next is { } next && gap.Epoch == next.Epoch && gap.From == next.Offset && gap.To >= gap.From;
        if (!isWhereItStands || gap.Reason != "expired" || !IsOld(gap.To, log.HeadOf(gap.Epoch)))
        {
            findings.Add(Rule.FalseNotice, viewer, $"gap {gap.Epoch}:{gap.From}..{gap.To} '{gap.Reason}' told where {_next} comes next");
        }
    }

    private bool IsOld(long offset, long head) => offset <= head - heldAtLeast;

    private void Expect(bool isTrue, ViewerJoined hello, string why)
    {
        if (!isTrue)
        {
            findings.Add(Rule.FalseRecovered, viewer,
                $"since {hello.Since}: recovered={hello.Recovered?.ToString() ?? "absent"} '{hello.Reason}', next {hello.Next}, head {hello.Head}, by {hello.Gateway} at {hello.At} µs: {why}");
        }
    }
}
