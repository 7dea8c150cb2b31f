using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>A response of Server-Sent Events: how one is asked for, and how it begins.</summary>
internal static class EventStream
{
    /// <summary>Whether a request is an EventSource's.</summary>
    public static bool IsAskedFor(HttpContext context) =>
        !context.WebSockets.IsWebSocketRequest && HttpMethods.IsGet(context.Request.Method) && context.Request.GetTypedHeaders().Accept.Any(IsEventStream);

    /// <summary>Sends the head of the response.</summary>
    public static Task BeginAsync(HttpContext context)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";

        // nginx buffers responses unless told not to.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return context.Response.StartAsync(context.RequestAborted);
    }

    /// <summary>Answers with nothing but a close: the browser comes back after its wait.</summary>
    /// <remarks>Any other status than 200 ends an EventSource for good (WHATWG HTML, section 9.2.3).</remarks>
    public static async Task CloseAsync(HttpContext context, CloseCode code)
    {
        await BeginAsync(context);
        await context.Response.Body.WriteAsync(SseEvent.Close(code), context.RequestAborted);
    }

    private static bool IsEventStream(MediaTypeHeaderValue type) => type.MediaType.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase);
}
