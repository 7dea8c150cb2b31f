namespace Orleans.Embedded;

/// <summary>A call whose caller waits.</summary>
internal abstract class PendingCall : Request
{
    private volatile bool _isListed;

    /// <summary>When it was listed, right after it was sent.</summary>
    public long SentAt { get; set; }

    /// <summary>Whether it is among the <see cref="PendingCalls"/>, or about to be.</summary>
    public bool IsListed
    {
        get => _isListed;
        set => _isListed = value;
    }

    /// <summary>Tells the caller that it waited long enough.</summary>
    public abstract void TimeOut(TimeSpan limit);
}

/// <summary>Every call whose caller waits, so that each ends in time even if the grain hangs.</summary>
/// <remarks>One clock for all calls costs a call less than a timer of its own, and while none waits it stands still. It ends up to a quarter of the limit, at most a second, late.</remarks>
internal sealed class PendingCalls : IDisposable
{
    private readonly ConcurrentDictionary<PendingCall, bool> _calls = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly ITimer _clock;
    private int _isTicking;

    public PendingCalls(TimeProvider time, TimeSpan limit)
    {
        (_time, _limit) = (time, limit);
        _clock = time.CreateTimer(_ => TimeOutLate(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(PendingCall call)
    {
        call.SentAt = _time.GetTimestamp();
        call.IsListed = true;
        _calls.TryAdd(call, true);
        if (call.IsExpired)
        {
            // It was answered before it was added.
            Remove(call);
        }
        else
        {
            Tick();
        }
    }

    /// <summary>After its outcome is set: whoever lists it meanwhile sees that it has one.</summary>
    public void Remove(PendingCall call)
    {
        if (call.IsListed)
        {
            _calls.TryRemove(call, out _);
        }
    }

    public void Dispose() => _clock.Dispose();

    private void Tick()
    {
        if (Interlocked.Exchange(ref _isTicking, 1) == 0)
        {
            _clock.Change(TimeSpan.FromSeconds(Math.Min(1, _limit.TotalSeconds / 4)), Timeout.InfiniteTimeSpan);
        }
    }

    private void TimeOutLate()
    {
        foreach (var (call, _) in _calls)
        {
            if (_time.GetElapsedTime(call.SentAt) >= _limit)
            {
                call.TimeOut(_limit);
                Remove(call);
            }
        }

        // What is added from here on sets the clock by itself.
        Interlocked.Exchange(ref _isTicking, 0);
        if (!_calls.IsEmpty)
        {
            Tick();
        }
    }
}
