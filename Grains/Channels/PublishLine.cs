using System.Diagnostics.CodeAnalysis;

namespace OrleansRelay.Grains.Channels;

/// <summary>The publishes of a channel that are not stored yet: the line of those whose turn may come, and those that came before their predecessor.</summary>
/// <remarks>
/// <code>
///   Add ──▶ waiting ──TryPeek, Take──▶ a commit
///              ▲  │ too early
///      Release │  ▼
///             held back (bounded, for a time)
/// </code>
/// A gateway sends a batch before the one in front of it is stored, and calls between processes overtake each other: measured on Orleans,
/// 65 % of them. Pure logic: times come from the caller.
/// </remarks>
internal sealed class PublishLine
{
    /// <summary>Most batches of one publisher that are held back; a gateway has at most 16 under way.</summary>
    public const int MaxHeldBack = 32;

    private readonly Queue<PendingPublish> _waiting = [];

    /// <summary>What has been held back and goes before those who wait, the next one on top.</summary>
    private readonly Stack<PendingPublish> _released = [];
    private readonly List<PendingPublish> _heldBack = [];

    /// <summary>Whether nothing waits, not even for its predecessor.</summary>
    public bool IsEmpty => _waiting.Count == 0 && _released.Count == 0 && _heldBack.Count == 0;

    /// <summary>Batches that wait for their predecessor.</summary>
    public int HeldBack => _heldBack.Count;

    /// <summary>Adds what has come.</summary>
    public void Add(PendingPublish publish) => _waiting.Enqueue(publish);

    /// <summary>Looks at the one whose turn is next.</summary>
    public bool TryPeek([NotNullWhen(true)] out PendingPublish? next) => _released.TryPeek(out next) || _waiting.TryPeek(out next);

    /// <summary>Takes the one whose turn is next.</summary>
    public void Take()
    {
        if (!_released.TryPop(out _))
        {
            _waiting.Dequeue();
        }
    }

    /// <summary>Keeps a batch until what comes before it is there. The same batch sent again takes the place of the former one, whose caller has given it up.</summary>
    /// <returns>False when too many are held back already.</returns>
    public bool TryHoldBack(PendingPublish early)
    {
        var ofPublisher = 0;
        for (var index = 0; index < _heldBack.Count; index++)
        {
            var held = _heldBack[index];
            if (held.Request.PublisherId != early.Request.PublisherId)
            {
                continue;
            }

            if (held.Request.FirstSequence == early.Request.FirstSequence)
            {
                held.Fail(new TimeoutException("The batch was sent again before its turn came."));
                _heldBack[index] = early;
                return true;
            }

            ofPublisher++;
        }

        if (ofPublisher >= MaxHeldBack)
        {
            return false;
        }

        _heldBack.Add(early);
        return true;
    }

    /// <summary>Gives the turn to what was held back and begins no later than a sequence.</summary>
    public void Release(string publisherId, long nextSequence)
    {
        // A method of its own: here the lambda would be an object for each message.
        if (_heldBack.Count > 0)
        {
            ReleaseHeldBack(publisherId, nextSequence);
        }
    }

    /// <summary>Gives everything its turn again: a session was opened, and others lost the channel to it.</summary>
    public void ReleaseAll() => Release(_ => true);

    /// <summary>Fails what has been held back since before a time, in milliseconds since 1970: its caller has given it up.</summary>
    public void Expire(long before) => FailHeldBack(held => held.ArrivedAt < before);

    /// <summary>Fails what is held back of a session: what comes before it will not come any more.</summary>
    public void Close(long session) => FailHeldBack(held => held.Request.Session == session);

    /// <summary>Fails everything.</summary>
    public void Fail(Exception exception)
    {
        ReleaseAll();
        while (TryPeek(out var publish))
        {
            Take();
            publish.Fail(exception);
        }
    }

    private void ReleaseHeldBack(string publisherId, long nextSequence) =>
        Release(held => held.Request.PublisherId == publisherId && held.Request.FirstSequence <= nextSequence);

    private void FailHeldBack(Predicate<PendingPublish> isOver)
    {
        foreach (var held in _heldBack.Where(held => isOver(held)).ToArray())
        {
            _heldBack.Remove(held);
            held.Fail(new TimeoutException("What comes before the batch was not published."));
        }
    }

    private void Release(Predicate<PendingPublish> isDue)
    {
        // To the front, the lowest numbers first: what is waiting there came later than their predecessor.
        foreach (var due in _heldBack.Where(held => isDue(held)).OrderByDescending(held => held.Request.FirstSequence).ToArray())
        {
            _heldBack.Remove(due);
            _released.Push(due);
        }
    }
}
