using Microsoft.AspNetCore.Http.Features;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>A viewer's Server-Sent Events: a response that doesn't end.</summary>
internal sealed class SseTransport(HttpContext context, ViewerOptions options, TimeProvider time) : IViewerTransport
{
    private readonly CancellationTokenSource _ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
    private ViewerPump? _pump;

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(ViewerPump pump)
    {
        _pump = pump;
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        // nginx buffers responses unless told not to.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await context.Response.StartAsync(context.RequestAborted);
        return context.Response.Body;
    }

    /// <summary>Sends a comment now and then until the client goes; a comment that can't be sent for long is found by the registry's sweep.</summary>
    public async Task WatchAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(options.PingEvery, time);
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                await _pump!.SendOwnAsync(SseEvent.KeepAlive);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client went, or the relay has said its last.
        }
    }

    /// <summary>Tells the code as an event and ends the response: a browser then comes back by itself, with the position of its last event.</summary>
    public async Task CloseAsync(CloseCode code)
    {
        await _pump!.SendLastAsync(SseEvent.Close(code));
        await _ended.CancelAsync();
    }
}
