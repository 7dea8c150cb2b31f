namespace Orleans.Embedded;

/// <summary>A timer whose ticks are requests to its own activation.</summary>
/// <remarks>The clock is armed for one tick only and again when that tick has ended, so ticks can't overlap or pile up.</remarks>
internal sealed class GrainTimer : Request, IGrainTimer
{
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly CancellationTokenSource _stopped = new();
    private readonly ITimer _clock;
    private TimeSpan _next;
    private TimeSpan _period;
    private volatile bool _isTicking;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        (_activation, _callback, _options) = (activation, callback, options);
        using (ExecutionContext.SuppressFlow())
        {
            _clock = activation.Silo.Time.CreateTimer(static self => ((GrainTimer)self!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        Change(options.DueTime, options.Period);
    }

    public override bool Interleaves => _options.Interleave;
    public override bool KeepsAlive => _options.KeepAlive;
    public override bool IsExpired => _stopped.IsCancellationRequested;
    public override bool OutlivesActivation => false;

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        (_next, _period) = (dueTime, period);
        if (!_isTicking)
        {
            Arm();
        }
    }

    public override async Task RunAsync(Activation activation)
    {
        _next = _period;
        try
        {
            await _callback(_stopped.Token);
        }
        catch (Exception exception)
        {
            if (!_stopped.IsCancellationRequested)
            {
                Log.TickFailed(activation.Silo.Logger, exception, activation.GrainId);
            }
        }

        _isTicking = false;
        Arm();
    }

    public override void Reject(Exception exception) => Dispose();

    public void Dispose()
    {
        _activation.RemoveTimer(this);
        _clock.Dispose();
        _stopped.Cancel();
    }

    private void Tick()
    {
        _isTicking = true;
        _activation.Post(this);
    }

    private void Arm()
    {
        if (!_stopped.IsCancellationRequested)
        {
            _clock.Change(_next, Timeout.InfiniteTimeSpan);
        }
    }
}
