namespace Orleans.Embedded;

/// <summary>One grain in memory. Decides in its turns which request runs and which waits.</summary>
/// <remarks>
/// Every field is read and written in turns of <see cref="TurnScheduler"/> only, unless it says otherwise; that is the lock.
/// An activation accepts requests at any time, even after its end: what arrives too late moves on to the next activation of the
/// grain, so nobody has to look before sending.
/// </remarks>
internal sealed partial class Activation : IGrainContext
{
    private readonly TurnScheduler _turns;
    private readonly Queue<Request> _waiting = new();
    private State _state;
    private int _running;
    private int _exclusiveRunning;
    private bool _isStartingWaiting;

    public Activation(EmbeddedSilo silo, GrainClass grainClass, GrainId grainId)
    {
        (Silo, Class, GrainId) = (silo, grainClass, grainId);
        _turns = new TurnScheduler(this);
        _lastUsed = silo.Time.GetTimestamp();
    }

    private enum State { Created, Activating, Active, Deactivating, Ended }

    /// <summary>The activation whose turn this thread is in.</summary>
    [field: ThreadStatic]
    public static Activation? Current { get; set; }

    public EmbeddedSilo Silo { get; }
    public GrainClass Class { get; }
    public GrainId GrainId { get; }
    public object? GrainInstance { get; private set; }
    public IServiceProvider ActivationServices => _scope?.ServiceProvider ?? Silo.Services;

    /// <summary>Brings the request into a turn; from any thread.</summary>
    public void Post(Request request) => _turns.Enqueue(request);

    /// <summary>Runs the request now, keeps it waiting, or moves it on.</summary>
    public void Receive(Request request)
    {
        switch (_state)
        {
            case State.Created when Silo.IsStopping:
                End();
                MoveOn(request);
                break;
            case State.Created:
                _waiting.Enqueue(request);
                _ = ActivateAsync();
                break;
            case State.Active when MayStart(request):
                Start(request);
                break;
            case State.Ended:
                MoveOn(request);
                break;
            default:
                _waiting.Enqueue(request);
                break;
        }
    }

    /// <summary>A conflict at the storage leaves the grain's memory in doubt, so the next request reads it anew.</summary>
    public void OnFault(Exception exception)
    {
        if (exception is InconsistentStateException)
        {
            Deactivate(new(DeactivationReasonCode.ApplicationError, exception, "The stored state was changed by somebody else."));
        }
    }

    private bool MayStart(Request request) => _exclusiveRunning == 0 || request.Interleaves || Class.IsReentrant;

    private void Start(Request request)
    {
        if (request.IsExpired)
        {
            return;
        }

        _running++;
        _exclusiveRunning += request.Interleaves ? 0 : 1;
        var run = request.RunAsync(this);
        if (run.IsCompleted)
        {
            OnEnded(request);
        }
        else
        {
            _ = AwaitEndAsync(request, run);
        }
    }

    private async Task AwaitEndAsync(Request request, Task run)
    {
        await run;
        OnEnded(request);
    }

    private void OnEnded(Request request)
    {
        _running--;
        _exclusiveRunning -= request.Interleaves ? 0 : 1;
        if (request.KeepsAlive)
        {
            Touch();
        }

        if (_state == State.Active)
        {
            StartWaiting();
        }
        else if (_running == 0)
        {
            _drained?.TrySetResult();
        }
    }

    /// <summary>Starts what may start, in order of arrival. A loop, not a recursion: thousands may wait and end at once.</summary>
    private void StartWaiting()
    {
        if (_isStartingWaiting)
        {
            return;
        }

        _isStartingWaiting = true;
        while (_waiting.TryPeek(out var next) && MayStart(next))
        {
            Start(_waiting.Dequeue());
        }

        _isStartingWaiting = false;
    }

    private void MoveOn(Request request)
    {
        if (request.OutlivesActivation && !Silo.IsStopping)
        {
            Silo.Post(GrainId, Class, request);
        }
        else
        {
            request.Reject(new SiloUnavailableException($"The host stops; grain {GrainId} takes no more calls."));
        }
    }
}
