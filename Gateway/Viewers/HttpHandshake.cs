using System.Net.WebSockets;
using OrleansRelay.Gateway.Deflate;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>The framework's handshake, whatever is below: HTTP/1.1, TLS, HTTP/2.</summary>
internal sealed class HttpHandshake(HttpContext context, string? subprotocol) : IViewerHandshake
{
    private DeflateTerms? _deflate;

    /// <inheritdoc/>
    public InflateMeter? Meter => _deflate?.Meter;

    /// <inheritdoc/>
    public CancellationToken Aborted => context.RequestAborted;

    /// <inheritdoc/>
    public async ValueTask<(WebSocket Socket, Stream Output)> AcceptAsync(ViewerPump pump, Heartbeat heartbeat)
    {
        var outbound = context.Features.Get<OutboundUpgrade>()!;
        outbound.Take(pump, heartbeat);
        _deflate = outbound.Deflate;
        var accept = new WebSocketAcceptContext
        {
            SubProtocol = subprotocol,

            // It would have a timer for each viewer; the transport's beat does the same for all.
            KeepAliveInterval = TimeSpan.Zero,
            KeepAliveTimeout = Timeout.InfiniteTimeSpan,
        };
        _deflate?.ApplyTo(accept);
        var socket = await context.WebSockets.AcceptWebSocketAsync(accept);
        return (socket, DirectOutput.TryCreate(context) ?? outbound.Connection!);
    }

    /// <inheritdoc/>
    public void Abort() => context.Abort();
}
