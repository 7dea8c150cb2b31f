namespace Orleans.Embedded;

/// <summary>One call of a grain's method, from the caller's side to the outcome.</summary>
internal sealed class CallRequest<TResult>(EmbeddedSilo silo, GrainMethod<TResult> method, GrainId grainId, object?[] arguments) : PendingCall
{
    // Continuations run elsewhere, lest the caller's code run inside the grain's turn.
    private readonly TaskCompletionSource<TResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Result => _completion.Task;
    public override bool Interleaves => method.Interleaves;
    public override bool IsExpired => _completion.Task.IsCompleted;

    public override async Task RunAsync(Activation activation)
    {
        try
        {
            var result = await method.InvokeAsync(activation.GrainInstance!, arguments);
            _completion.TrySetResult(result);
            silo.PendingCalls.Remove(this);
        }
        catch (Exception exception)
        {
            activation.OnFault(exception);
            Reject(exception);
        }
    }

    public override void Reject(Exception exception)
    {
        if (method.IsOneWay)
        {
            Log.OneWayCallFailed(silo.Logger, exception, method.Name, grainId);
        }
        else if (exception is OperationCanceledException { CancellationToken: var token })
        {
            _completion.TrySetCanceled(token);
        }
        else
        {
            _completion.TrySetException(exception);
        }

        silo.PendingCalls.Remove(this);
    }

    public override void TimeOut(TimeSpan limit) =>
        _completion.TrySetException(new TimeoutException($"{method.Name} of grain {grainId} did not answer within {limit}."));
}
