using System.Net.WebSockets;

namespace OrleansRelay.Recordings.Playing;

/// <summary>A plain publisher on <c>/streamer/{channel}</c>: each WebSocket message is one message of the channel. What was buffered before is dropped.</summary>
public sealed class PublisherConnection : IMessageSink, IAsyncDisposable
{
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);
    // A stopped command has 2 s to end before System.CommandLine ends it.
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1.5);

    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _closed = new();
    private Task _receiving = Task.CompletedTask;

    private PublisherConnection(Uri address) => Address = address;

    /// <summary>Where it publishes.</summary>
    public Uri Address { get; }

    /// <summary>Connects.</summary>
    /// <exception cref="PublishingEndedException">Nobody answers there, or the relay refuses.</exception>
    public static async Task<PublisherConnection> OpenAsync(Uri relay, string channel, CancellationToken cancellationToken)
    {
        UriBuilder address = new(relay)
        {
            Scheme = relay.Scheme is "https" or "wss" ? "wss" : "ws",
            Path = $"/streamer/{channel}",
            Query = "start=new",
        };
        PublisherConnection connection = new(address.Uri);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(HandshakeLimit);
            await connection._socket.ConnectAsync(connection.Address, limit.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            await connection.DisposeAsync();
            throw new PublishingEndedException(
                $"No relay takes a publisher at {connection.Address} ({e.InnerException?.Message ?? e.Message}). Start one with ./relay run, or name another with --url.", e);
        }

        connection._receiving = connection.ReceiveUntilClosedAsync();
        return connection;
    }

    /// <inheritdoc/>
    public async Task SendAsync(RecordedMessage message, CancellationToken cancellationToken)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
            await _socket.SendAsync(
                message.Payload, message.IsText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: true, either.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new PublishingEndedException(_socket.CloseStatus is { } code
                ? $"The relay closed {Address}: {(int)code} {_socket.CloseStatusDescription}"
                : $"The connection to {Address} was lost.", e);
        }
    }

    private async Task CloseAsync()
    {
        using var limit = new CancellationTokenSource(CloseLimit);
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "ended", limit.Token);
            await _receiving.WaitAsync(limit.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The relay went first, or doesn't answer: all messages were sent, and the socket is dropped either way.
        }
    }

    /// <summary>Ends the stream in good order, if it is still open.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            await CloseAsync();
        }

        _socket.Dispose();
        await _receiving;
        _closed.Dispose();
    }

    // A close by the relay is seen only by reading; what it says otherwise is of no use to a plain publisher.
    private async Task ReceiveUntilClosedAsync()
    {
        var buffer = new byte[1024];
        try
        {
            while ((await _socket.ReceiveAsync(buffer, CancellationToken.None)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection broke, or this end was disposed.
        }

        await _closed.CancelAsync();
    }
}
