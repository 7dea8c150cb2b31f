using System.Buffers;
using System.Net.WebSockets;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>A viewer's WebSocket: the framework reads, answers pings and closes; the pump writes.</summary>
internal sealed class WebSocketTransport(IViewerHandshake handshake, ViewerOptions options) : IViewerTransport
{
    /// <summary>A ping without a payload: PROTOCOL.md leaves what a viewer answers to RFC 6455.</summary>
    private static readonly byte[] Ping = [0x89, 0x00];

    private readonly Heartbeat _heartbeat = new();
    private WebSocket? _socket;
    private ViewerPump? _pump;
    private int _isClosing;

    /// <summary>The framework's side of it, once opened: to read from.</summary>
    public WebSocket Socket => _socket ?? throw new InvalidOperationException("The WebSocket is not open yet.");

    /// <summary>Bounds what is inflated of what the peer says; null when nothing is.</summary>
    public InflateMeter? Meter => handshake.Meter;

    /// <summary>Cancelled when the connection is gone, where reading does not end by itself then.</summary>
    public CancellationToken Aborted => handshake.Aborted;

    /// <inheritdoc/>
    public async ValueTask<Stream> OpenAsync(ViewerPump pump)
    {
        _pump = pump;
        (_socket, var output) = await handshake.AcceptAsync(pump, _heartbeat);
        return output;
    }

    /// <summary>Reads to the end: pongs and the close are handled on the way, and whatever a viewer says is ignored.</summary>
    public async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                // A read of nothing returns when there is something, so an idle viewer holds no buffer.
                var result = await Socket.ReceiveAsync(Memory<byte>.Empty, handshake.Aborted);
                if (result.MessageType != WebSocketMessageType.Close)
                {
                    result = await IgnoreAsync();
                }

                if (Meter?.TryCount(result.Count) == false)
                {
                    _pump!.End(CloseCode.TooBig);
                    await CloseAsync(CloseCode.TooBig);
                    await Meter.DiscardAsync(handshake.Aborted);
                    return;
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

    /// <inheritdoc/>
    public bool Beat(TimeSpan now, TimeSpan next)
    {
        var act = _heartbeat.Next(now, next, options);
        if (act == Heartbeat.Act.Ping)
        {
            _pump!.Offer(Ping);
        }

        return act != Heartbeat.Act.Drop;
    }

    /// <summary>Reads what a viewer says. Not into a buffer that all share: the WebSocket unmasks in it and checks that text is UTF-8.</summary>
    private async ValueTask<ValueWebSocketReceiveResult> IgnoreAsync()
    {
        var ignored = ArrayPool<byte>.Shared.Rent(1024);
        try
        {
            return await Socket.ReceiveAsync(ignored.AsMemory(), handshake.Aborted);
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
    public void Abort() => handshake.Abort();

    /// <inheritdoc/>
    public async Task CloseAsync(CloseCode code)
    {
        // Both sides may close at one moment; one close frame goes out.
        if (Interlocked.Exchange(ref _isClosing, 1) == 0 && Socket.State is (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            await Socket.CloseOutputAsync(code, handshake.Aborted);
        }
    }
}
