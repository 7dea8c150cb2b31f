using System.Buffers;
using System.Net.WebSockets;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>A viewer's WebSocket: the framework shakes hands, reads, pings and closes; the pump writes.</summary>
internal sealed class WebSocketTransport(HttpContext context, string? subprotocol, ViewerOptions options) : IViewerTransport
{
    private WebSocket? _socket;
    private ViewerPump? _pump;
    private int _isClosing;

    /// <summary>The framework's side of it, once opened: to read from.</summary>
    public WebSocket Socket => _socket ?? throw new InvalidOperationException("The WebSocket is not open yet.");

    /// <summary>Cancelled when the connection is gone.</summary>
    public CancellationToken Aborted => context.RequestAborted;

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(ViewerPump pump)
    {
        var outbound = context.Features.Get<OutboundUpgrade>()!;
        _pump = pump;
        outbound.Take(pump.SendLastAsync);
        _socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = subprotocol,
            KeepAliveInterval = options.PingEvery,
            KeepAliveTimeout = options.PongWithin,
        });
        return DirectOutput.TryCreate(context) ?? outbound.Connection!;
    }

    /// <summary>Reads to the end: pongs and the close are handled on the way, and whatever a viewer says is ignored.</summary>
    public async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                // A read of nothing returns when there is something, so an idle viewer holds no buffer.
                var result = await Socket.ReceiveAsync(Memory<byte>.Empty, context.RequestAborted);
                if (result.MessageType != WebSocketMessageType.Close)
                {
                    result = await IgnoreAsync();
                }

                if (result.MessageType == WebSocketMessageType.Close)
                {
                    await AnswerCloseAsync();
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone without a close, or closed by the framework for breaking the protocol.
        }
    }

    /// <summary>Reads what a viewer says. Not into a buffer that all share: the WebSocket unmasks in it and checks that text is UTF-8.</summary>
    private async ValueTask<ValueWebSocketReceiveResult> IgnoreAsync()
    {
        var ignored = ArrayPool<byte>.Shared.Rent(1024);
        try
        {
            return await Socket.ReceiveAsync(ignored.AsMemory(), context.RequestAborted);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(ignored);
        }
    }

    /// <summary>The client closed: nothing but the answer goes out any more (RFC 6455, section 5.5.1).</summary>
    public Task AnswerCloseAsync()
    {
        _pump!.End(CloseCode.Normal);
        return CloseAsync(CloseCode.Normal);
    }

    /// <inheritdoc/>
    public async Task CloseAsync(CloseCode code)
    {
        // Both sides may close at one moment; one close frame goes out.
        if (Interlocked.Exchange(ref _isClosing, 1) == 0 && Socket.State is (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            await Socket.CloseOutputAsync((WebSocketCloseStatus)code.Code, code.Text, context.RequestAborted);
        }
    }
}
