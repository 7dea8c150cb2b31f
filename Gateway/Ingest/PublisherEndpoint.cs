using System.Net.WebSockets;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Ingest;

/// <summary><c>WS /streamer/{channel}</c>: a publisher pushes messages over its own connection.</summary>
internal sealed class PublisherEndpoint(IServiceProvider services, WebSocketPublisher publisher, DeflateHandshake deflate)
{
    public async Task HandleAsync(HttpContext context, ChannelName channel)
    {
        if (!PublisherStart.TryParse(context.Request.Query, out var start, out var error))
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, error);
            return;
        }

        await using var session = ActivatorUtilities.CreateInstance<PublisherSession>(services, channel, start.PublisherId);
        var opened = await session.OpenAsync(start.StartsAnew, context.RequestAborted);
        if (!opened.IsAccepted)
        {
            await Problem.WriteAsync(context, StatusCodes.Status409Conflict, "The channel has a publisher and refuses a second one.");
            return;
        }

        var isV1 = context.WebSockets.WebSocketRequestedProtocols.Contains(RelayV1Frame.Subprotocol);
        var accept = new WebSocketAcceptContext { SubProtocol = isV1 ? RelayV1Frame.Subprotocol : null };
        var terms = deflate.TryAgree(context);
        terms?.ApplyTo(accept);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(accept);
        await publisher.RunAsync(socket, session, opened, isV1, terms?.Meter, frames: null, context.RequestAborted);
        if (socket.State == WebSocketState.CloseSent)
        {
            // Its answer was waited for; what comes after it is nobody's.
            socket.Abort();
        }
    }
}
