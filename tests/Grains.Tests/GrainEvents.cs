using Orleans.Runtime.Diagnostics;

namespace OrleansRelay.Grains.Tests;

/// <summary>What Orleans reports of one grain: the ticks of its timers and the end of its activation. Every silo of the process reports here, so the grain's key has to be the test's own.</summary>
internal sealed class GrainEvents : IObserver<GrainTimerEvents.TimerEvent>, IObserver<GrainLifecycleEvents.LifecycleEvent>, IDisposable
{
    private readonly GrainId _grain;
    private readonly TaskCompletionSource _deactivating = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDisposable _timers;
    private readonly IDisposable _lifecycle;
    private int _ticks;

    public GrainEvents(IAddressable grain)
    {
        _grain = grain.GetGrainId();
        _timers = GrainTimerEvents.AllEvents.Subscribe(this);
        _lifecycle = GrainLifecycleEvents.AllEvents.Subscribe(this);
    }

    /// <summary>How many ticks have begun.</summary>
    public int Ticks => Volatile.Read(ref _ticks);

    /// <summary>The activation takes no more calls.</summary>
    public Task Deactivating => _deactivating.Task;

    /// <summary>The activation is gone.</summary>
    public Task Deactivated => _deactivated.Task;

    public void OnNext(GrainTimerEvents.TimerEvent value)
    {
        if (value is GrainTimerEvents.TickStart && value.GrainContext.GrainId == _grain)
        {
            Interlocked.Increment(ref _ticks);
        }
    }

    public void OnNext(GrainLifecycleEvents.LifecycleEvent value)
    {
        if (value.GrainContext.GrainId != _grain)
        {
            return;
        }

        switch (value)
        {
            case GrainLifecycleEvents.Deactivating:
                _deactivating.TrySetResult();
                break;
            case GrainLifecycleEvents.Deactivated:
                _deactivated.TrySetResult();
                break;
        }
    }

    public void OnError(Exception error)
    {
    }

    public void OnCompleted()
    {
    }

    public void Dispose()
    {
        _timers.Dispose();
        _lifecycle.Dispose();
    }
}
