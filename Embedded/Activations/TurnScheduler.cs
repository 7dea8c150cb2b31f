namespace Orleans.Embedded;

/// <summary>Runs the turns of one activation: one at a time, in the order they came, on threads of the pool.</summary>
/// <remarks>
/// A turn is a request that arrives or a continuation after an await. Both run inside a task of this scheduler, so an await in
/// a grain comes back here. Nothing of the sender's execution context flows in, as it would not between processes.
/// </remarks>
internal sealed class TurnScheduler(Activation activation) : TaskScheduler, IThreadPoolWorkItem
{
    /// <summary>Turns that one activation may run before it lets others have the thread: some tens of microseconds.</summary>
    private const int TurnsInARow = 64;

    private readonly Queue<object> _turns = new();
    private bool _isScheduled;

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

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    void IThreadPoolWorkItem.Execute()
    {
        Activation.Current = activation;
        new Task(static self => ((TurnScheduler)self!).RunTurns(), this, TaskCreationOptions.DenyChildAttach).RunSynchronously(this);
        Activation.Current = null;
    }

    protected override void QueueTask(Task task) => Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Activation.Current == activation && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void RunTurns()
    {
        for (var count = 0; count < TurnsInARow; count++)
        {
            object? turn;
            lock (_turns)
            {
                if (!_turns.TryDequeue(out turn))
                {
                    _isScheduled = false;
                    return;
                }
            }

            if (turn is Task task)
            {
                TryExecuteTask(task);
            }
            else
            {
                Receive((Request)turn);
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
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
