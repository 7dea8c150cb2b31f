using System.Net.WebSockets;
using System.Text.Json;
using OrleansRelay.Chaos.History;

namespace OrleansRelay.Chaos.Load;

/// <summary>One connection with subprotocol relay.v1.</summary>
internal sealed class RelaySocket : IDisposable
{
    /// <summary>A paused gateway takes the connection and never answers.</summary>
    private static readonly TimeSpan HandshakeWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(2);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly TimeProvider _time;

    private RelaySocket(TimeProvider time)
    {
        _time = time;
        _socket.Options.AddSubProtocol("relay.v1");
        _socket.Options.Proxy = null;
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
    }

    /// <summary>Connects.</summary>
    /// <returns>Null when that gateway doesn't take the connection now.</returns>
    public static async Task<RelaySocket?> TryConnectAsync(Uri gateway, string path, TimeProvider time, CancellationToken cancellationToken)
    {
        var socket = new RelaySocket(time);
        using var limit = new CancellationTokenSource(HandshakeWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await socket._socket.ConnectAsync(new Uri(new UriBuilder(gateway) { Scheme = "ws" }.Uri, path), either.Token);
            return socket;
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    /// <summary>Sends one binary message. A connection that is gone is noticed by reading.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException or InvalidOperationException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The reader sees the same end, with its code; or it is the reader who gave up, which cancels what is being sent.
        }
    }

    /// <summary>Reads the next message.</summary>
    /// <returns>What came; a code when the connection is over, <see cref="CloseCodes.Silent"/> when nothing came for so long.</returns>
    public async Task<Received> ReadAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(within, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var length = 0;
            while (true)
            {
                var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), either.Token);
                length += part.Count;
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return new Received(default, default, (int?)_socket.CloseStatus ?? CloseCodes.Broken);
                }

                if (part.EndOfMessage)
                {
                    return part.MessageType == WebSocketMessageType.Text
                        ? new Received(default, Parse(_buffer.AsMemory(0, length)), 0)
                        : new Received(_buffer.AsMemory(0, length), default, 0);
                }
            }
        }
        catch (WebSocketException)
        {
            return new Received(default, default, CloseCodes.Broken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Received(default, default, CloseCodes.Silent);
        }
    }

    /// <summary>Closes in good order, if the relay still answers.</summary>
    public async Task CloseAsync()
    {
        using var limit = new CancellationTokenSource(CloseWithin, _time);
        try
        {
            await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", limit.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // It is gone, which is what closing it was for.
        }
    }

    public void Dispose() => _socket.Dispose();

    private static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    /// <summary>A binary message, a notice, or a code.</summary>
    internal readonly record struct Received(ReadOnlyMemory<byte> Message, JsonElement Notice, int Code)
    {
        public string Type => Notice.ValueKind == JsonValueKind.Object ? Notice.GetProperty("type").GetString() ?? "" : "";

        public long Number(string name) => Notice.GetProperty(name).GetInt64();
    }
}
