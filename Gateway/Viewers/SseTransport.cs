using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>A viewer's Server-Sent Events: a response that doesn't end.</summary>
internal sealed class SseTransport(HttpContext context, ViewerOptions options) : IViewerTransport
{
    private readonly CancellationTokenSource _ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
    private ViewerPump? _pump;
    private TimeSpan? _commentedAt;

    /// <inheritdoc/>
    public async ValueTask<Stream> OpenAsync(ViewerPump pump)
    {
        _pump = pump;
        await EventStream.BeginAsync(context);
        return context.Response.Body;
    }

    /// <summary>Waits until the client goes, or the relay has said its last.</summary>
    public async Task WatchAsync()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registered = _ended.Token.UnsafeRegister(static gone => ((TaskCompletionSource)gone!).TrySetResult(), gone);
        await gone.Task;
    }

    /// <summary>Sends a comment now and then. A client has no answer to it; one that can't be sent for long is found by the registry's sweep.</summary>
    public bool Beat(TimeSpan now, TimeSpan next)
    {
        _commentedAt ??= now;
        if (next - _commentedAt > options.PingEvery)
        {
            _commentedAt = now;
            _pump!.Offer(SseEvent.KeepAlive);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Abort() => context.Abort();

    /// <summary>Tells the code as an event and ends the response: a browser then comes back by itself, with the position of its last event.</summary>
    public async Task CloseAsync(CloseCode code)
    {
        await _pump!.SendLastAsync(SseEvent.Close(code));
        await _ended.CancelAsync();
    }
}
