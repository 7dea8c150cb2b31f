using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary><c>/viewer/{channel}</c>: reads the request, refuses what is wrong with it, and picks what carries the viewer.</summary>
internal sealed class ViewerEndpoint(ViewerConnection connection, DeflateHandshake deflate, IOptions<ViewerOptions> options)
{
    public async Task HandleAsync(HttpContext context, ChannelName channel)
    {
        var isSse = EventStream.IsAskedFor(context);
        if (!context.WebSockets.IsWebSocketRequest && !isSse)
        {
            context.Response.Headers.Upgrade = "websocket";
            await Problem.WriteAsync(context, StatusCodes.Status426UpgradeRequired,
                "A viewer connects by WebSocket, or asks for text/event-stream in its Accept header.");
            return;
        }

        var lastEventId = isSse ? context.Request.Headers["Last-Event-ID"].ToString() : null;
        if (!ViewerStart.TryParse(context.Request.Query, lastEventId, out var start, out var error))
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, error);
            return;
        }

        var asksForV1 = context.WebSockets.WebSocketRequestedProtocols.Contains(RelayV1Frame.Subprotocol);
        var format = isSse ? ViewerFormat.Sse : asksForV1 ? ViewerFormat.RelayV1 : ViewerFormat.Plain;
        if (!isSse && deflate.TryAgree(context) is not null)
        {
            format = format.Deflated();
        }

        IViewerTransport transport = isSse
            ? new SseTransport(context, options.Value)
            : new WebSocketTransport(new HttpHandshake(context, asksForV1 ? RelayV1Frame.Subprotocol : null), options.Value);
        await connection.RunAsync(channel, format, start, exceptSender: 0, transport);
    }
}
