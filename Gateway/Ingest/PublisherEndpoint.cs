using System.Net.WebSockets;
using System.Text.RegularExpressions;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Ingest;

/// <summary><c>WS /streamer/{channel}</c>: a publisher pushes messages over its own connection.</summary>
internal sealed partial class PublisherEndpoint(IServiceProvider services, WebSocketPublisher publisher, DeflateHandshake deflate)
{
    /// <summary>The grammar of a publisher's name, the same as a channel's own name.</summary>
    [GeneratedRegex("^[A-Za-z0-9._~-]{1,64}$")]
    public static partial Regex PublisherIdPattern { get; }

    public async Task HandleAsync(HttpContext context, ChannelName channel)
    {
        var query = context.Request.Query;
        var publisherId = query.TryGetValue("publisher", out var given) ? given.ToString() : "ws-" + Guid.NewGuid().ToString("N");
        if (!PublisherIdPattern.IsMatch(publisherId))
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "publisher must be 1 to 64 of A-Z, a-z, 0-9, '.', '_', '~' and '-'.");
            return;
        }

        if (query.TryGetValue("start", out var start) && start != "new")
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, $"start is '{start}'; it must be new.");
            return;
        }

        await using var session = ActivatorUtilities.CreateInstance<PublisherSession>(services, channel, publisherId);
        var opened = await session.OpenAsync(startsAnew: start == "new", context.RequestAborted);
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
        await publisher.RunAsync(socket, session, opened, isV1, terms?.Meter, context.RequestAborted);
        if (socket.State == WebSocketState.CloseSent)
        {
            // Its answer was waited for; what comes after it is nobody's.
            socket.Abort();
        }
    }
}
