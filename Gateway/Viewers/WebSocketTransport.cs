using System.Net.WebSockets;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>A viewer's WebSocket: the framework shakes hands, reads, pings and closes; the pump writes.</summary>
internal sealed class WebSocketTransport(HttpContext context, string? subprotocol, ViewerOptions options) : IViewerTransport
{
    private WebSocket? _socket;

    /// <summary>The framework's side of it, once opened: to read from.</summary>
    public WebSocket Socket => _socket ?? throw new InvalidOperationException("The WebSocket is not open yet.");

    /// <summary>Cancelled when the connection is gone.</summary>
    public CancellationToken Aborted => context.RequestAborted;

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(ViewerPump pump)
    {
        var outbound = context.Features.Get<OutboundUpgrade>()!;
        outbound.Take(pump.SendOwnAsync);
        _socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = subprotocol,
            KeepAliveInterval = options.PingEvery,
            KeepAliveTimeout = options.PongWithin,
        });
        return outbound.Connection!;
    }

    /// <summary>Reads to the end: pongs and the close are handled on the way, and whatever a viewer says is ignored.</summary>
    public async Task WatchAsync()
    {
        try
        {
            var ignored = new byte[256];
            while (true)
            {
                // A read of nothing returns when there is something, so an idle viewer holds no buffer.
                var result = await Socket.ReceiveAsync(Memory<byte>.Empty, context.RequestAborted);
                if (result.MessageType != WebSocketMessageType.Close)
                {
                    result = await Socket.ReceiveAsync(ignored.AsMemory(), context.RequestAborted);
                }

                if (result.MessageType == WebSocketMessageType.Close)
                {
                    await CloseAsync(CloseCode.Normal);
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone without a close, or closed by the framework for breaking the protocol.
        }
    }

    /// <inheritdoc/>
    public async Task CloseAsync(CloseCode code)
    {
        if (Socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await Socket.CloseOutputAsync((WebSocketCloseStatus)code.Code, code.Text, context.RequestAborted);
        }
    }
}
