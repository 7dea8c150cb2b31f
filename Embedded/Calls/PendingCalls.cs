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
/// <remarks>One clock for all calls costs a call less than a timer of its own. It ends up to a quarter of the limit, at most a second, late.</remarks>
internal sealed class PendingCalls(TimeProvider time, TimeSpan limit) : IDisposable
{
    private readonly ConcurrentDictionary<PendingCall, bool> _calls = new();
    private ITimer? _clock;

    public void Start()
    {
        var period = TimeSpan.FromSeconds(Math.Min(1, limit.TotalSeconds / 4));
        _clock = time.CreateTimer(_ => TimeOutLate(), null, period, period);
    }

    public void Add(PendingCall call)
    {
        call.SentAt = time.GetTimestamp();
        call.IsListed = true;
        _calls.TryAdd(call, true);
        if (call.IsExpired)
        {
            // It was answered before it was added.
            Remove(call);
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

    public void Dispose() => _clock?.Dispose();

    private void TimeOutLate()
    {
        foreach (var (call, _) in _calls)
        {
            if (time.GetElapsedTime(call.SentAt) >= limit)
            {
                call.TimeOut(limit);
                Remove(call);
            }
        }
    }
}
