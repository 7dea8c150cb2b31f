namespace Orleans.Embedded;

// How an activation begins, stays and ends:
//
//   Created ──first request──▶ Activating ──▶ Active ──Deactivate──▶ Deactivating ──▶ Ended
//                                  └───────────────────failed───────────────────────────▲
internal sealed partial class Activation
{
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<GrainTimer> _timers = [];
    private AsyncServiceScope? _scope;
    private TaskCompletionSource? _drained;
    private (DeactivationReason Reason, CancellationToken Token)? _wantedEnd;
    private long _lastUsed;
    private DateTimeOffset _keepUntil;

    public Task Deactivated => _deactivated.Task;

    /// <summary>Whether it is over; may be asked on any thread.</summary>
    public bool HasEnded => _deactivated.Task.IsCompleted;

    private bool HasAged => Silo.Time.GetElapsedTime(Volatile.Read(ref _lastUsed)) >= Class.CollectionAge;

    /// <summary>Ends the activation if it is unused; from any thread.</summary>
    public void CollectIfAged()
    {
        if (HasAged)
        {
            InTurn(() =>
            {
                if (_running == 0 && _waiting.Count == 0 && HasAged && Silo.Time.GetUtcNow() >= _keepUntil)
                {
                    BeginEnd(new(DeactivationReasonCode.ActivationIdle, "Nobody used the grain for its collection age."), CancellationToken.None);
                }
            });
        }
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default) =>
        InTurn(() => BeginEnd(deactivationReason, cancellationToken));

    public void DelayDeactivation(TimeSpan timeSpan)
    {
        var now = Silo.Time.GetUtcNow();
        _keepUntil = timeSpan == Timeout.InfiniteTimeSpan || timeSpan > DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + timeSpan;
    }

    public GrainTimer AddTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(this, callback, options);
        _timers.Add(timer);
        return timer;
    }

    public void RemoveTimer(GrainTimer timer) => _timers.Remove(timer);

    private void InTurn(Action action) =>
        _ = Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _turns);

    private void Touch() => Volatile.Write(ref _lastUsed, Silo.Time.GetTimestamp());

    private async Task ActivateAsync()
    {
        _state = State.Activating;
        try
        {
            using var limit = new CancellationTokenSource(Silo.Collection.ActivationTimeout, Silo.Time);
            _scope = Silo.Services.CreateAsyncScope();
            var (grain, states) = Class.Build(this);
            GrainInstance = grain;
            foreach (var state in states)
            {
                await state.ReadStateAsync();
            }

            await grain.OnActivateAsync(limit.Token);
        }
        catch (Exception exception)
        {
            Log.ActivationFailed(Silo.Logger, exception, GrainId);
            while (_waiting.TryDequeue(out var request))
            {
                request.Reject(exception);
            }

            await EndAsync();
            return;
        }

        _state = State.Active;
        Touch();
        StartWaiting();
        if (_wantedEnd is { } wanted)
        {
            BeginEnd(wanted.Reason, wanted.Token);
        }
    }

    private void BeginEnd(DeactivationReason reason, CancellationToken cancellationToken)
    {
        switch (_state)
        {
            case State.Created:
                End();
                break;
            case State.Activating:
                _wantedEnd ??= (reason, cancellationToken);
                break;
            case State.Active:
                _state = State.Deactivating;
                _ = DeactivateAsync(reason, cancellationToken);
                break;
        }
    }

    private async Task DeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Silo.Collection.DeactivationTimeout, Silo.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // 1. No more ticks. 2. What runs may end; what waits moves on afterwards. 3. The grain's own farewell, in any case.
            StopTimers();
            if (_running > 0)
            {
                _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await _drained.Task.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }

            await ((IGrainBase)GrainInstance!).OnDeactivateAsync(reason, either.Token).WaitAsync(either.Token);
        }
        catch (Exception exception)
        {
            Log.DeactivationFailed(Silo.Logger, exception, GrainId, reason.ReasonCode);
        }

        await EndAsync();
    }

    private void StopTimers()
    {
        foreach (var timer in _timers.ToArray())
        {
            timer.Dispose();
        }
    }

    private async Task EndAsync()
    {
        StopTimers();
        try
        {
            (GrainInstance as IDisposable)?.Dispose();
            await (_scope?.DisposeAsync() ?? default);
        }
        catch (Exception exception)
        {
            Log.DisposeFailed(Silo.Logger, exception, GrainId);
        }

        End();
    }

    private void End()
    {
        Silo.Remove(this);
        _state = State.Ended;
        GrainInstance = null;
        while (_waiting.TryDequeue(out var request))
        {
            MoveOn(request);
        }

        _deactivated.TrySetResult();
    }
}
