namespace OrleansRelay.Gateway.Hosting;

/// <summary>Does one kind of work, never twice at a time, and once more when told of more meanwhile.</summary>
/// <remarks>
/// Not a loop that is woken: waking a thread costs more than what there mostly is to do, and a message met four such loops on its way.
/// Measured with all of them gone, 64 B to 200 channels x 5 viewers: 13.1 µs a delivery before, 11.5 with it.
/// </remarks>
/// <param name="work">What there is to do, all of it. Does not throw.</param>
internal sealed class SoloRun(Func<Task> work)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _resting;
    private bool _isRunning;
    private bool _isToldAgain;

    /// <summary>There is something to do.</summary>
    /// <param name="mayUseThread">Whether it may be done on the caller's thread, if it is not being done; false for a caller that must not be held up.</param>
    public void Tell(bool mayUseThread = true)
    {
        lock (_gate)
        {
            if (_isRunning)
            {
                _isToldAgain = true;
                return;
            }

            _isRunning = true;
        }

        if (mayUseThread)
        {
            _ = RunAsync();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(static self => _ = self.RunAsync(), this, preferLocal: false);
        }
    }

    /// <summary>Completes when all that was told of is done.</summary>
    public Task RestingAsync()
    {
        lock (_gate)
        {
            return _isRunning ? (_resting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    private async Task RunAsync()
    {
        do
        {
            await work();
        }
        while (IsToldAgain());
    }

    private bool IsToldAgain()
    {
        lock (_gate)
        {
            _isRunning = _isToldAgain;
            _isToldAgain = false;
            if (!_isRunning)
            {
                _resting?.TrySetResult();
                _resting = null;
            }

            return _isRunning;
        }
    }
}
