namespace Orleans.Embedded;

/// <summary>Runs the turns of one activation: one at a time, in the order they came.</summary>
/// <remarks>
/// A turn is a request that arrives or a continuation after an await. Both run inside a task of this scheduler, so an await in
/// a grain comes back here. Nothing of the sender's execution context flows in, as it would not between processes.
/// Threads are the pool's; but whoever brings a request from outside of grains to an idle activation runs that turn itself. Waking another
/// thread costs more than most turns.
/// </remarks>
internal sealed class TurnScheduler(Activation activation) : TaskScheduler, IThreadPoolWorkItem
{
    /// <summary>Turns that one activation may run before it lets others have the thread: some tens of microseconds.</summary>
    private const int TurnsInARow = 64;

    /// <summary>The pool's execution context, which has nothing of anybody; known once a turn has run there.</summary>
    private static volatile ExecutionContext? _blank;

    /// <summary>What the turns of this thread have left to be done outside of grains, as soon as the last one is over.</summary>
    [ThreadStatic]
    private static Queue<IThreadPoolWorkItem>? _outside;

    [ThreadStatic]
    private static bool _isOutside;

    private readonly Queue<object> _turns = new();
    private bool _isScheduled;
    private int _mostTurns;

    /// <summary>Runs on this thread, once the turn is over, what is not the grain's: its awaits don't come back to the turns.</summary>
    public static void RunOutside(IThreadPoolWorkItem work) => (_outside ??= new()).Enqueue(work);

    /// <summary>Brings a request or a continuation into a turn; from any thread.</summary>
    public void Enqueue(object turn)
    {
        lock (_turns)
        {
            _turns.Enqueue(turn);
            if (_isScheduled)
            {
                return;
            }

            _isScheduled = true;
        }

        if (turn is Request && Activation.Current is null && SynchronizationContext.Current is null && Current == Default && _blank is { } blank)
        {
            _mostTurns = 1;
            ExecutionContext.Run(blank, static self => ((TurnScheduler)self!).Run(), this);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        _blank ??= ExecutionContext.Capture();
        _mostTurns = TurnsInARow;
        Run();
    }

    protected override void QueueTask(Task task) => Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Activation.Current == activation && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Run()
    {
        Activation.Current = activation;
        new Task(static self => ((TurnScheduler)self!).RunTurns(), this, TaskCreationOptions.DenyChildAttach).RunSynchronously(this);
        Activation.Current = null;
        RunAllOutside();
    }

    /// <summary>A turn that begins in here leaves its own to this loop, so that nothing nests without end.</summary>
    private static void RunAllOutside()
    {
        if (_isOutside)
        {
            return;
        }

        _isOutside = true;
        while (_outside?.TryDequeue(out var work) == true)
        {
            work.Execute();
        }

        _isOutside = false;
    }

    private void RunTurns()
    {
        for (var count = 0; ; count++)
        {
            object? turn;
            lock (_turns)
            {
                if (_turns.Count == 0)
                {
                    _isScheduled = false;
                    return;
                }

                turn = count < _mostTurns && (_outside is null or { Count: 0 } || _isOutside) ? _turns.Dequeue() : null;
            }

            switch (turn)
            {
                case null:
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                    return;
                case Task task:
                    TryExecuteTask(task);
                    break;
                default:
                    Receive((Request)turn);
                    break;
            }
        }
    }

    private void Receive(Request request)
    {
        try
        {
            activation.Receive(request);
        }
        catch (Exception exception)
        {
            // A fault of the engine itself: it must not stop the turns of this grain for ever.
            Log.TurnFailed(activation.Silo.Logger, exception, activation.GrainId);
        }
    }
}
