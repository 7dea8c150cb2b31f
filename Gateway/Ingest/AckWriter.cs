using System.Net.WebSockets;
using System.Threading.Channels;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Ingest;

/// <summary>Tells a relay.v1 publisher what is stored. Acknowledgements are cumulative, so only the newest waits for a slow socket.</summary>
internal sealed class AckWriter : IAsyncDisposable
{
    private readonly Channel<PublishResult> _latest = Channel.CreateBounded<PublishResult>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly WebSocket _socket;
    private readonly CancellationToken _connection;
    private readonly Task _loop;

    public AckWriter(WebSocket socket, CancellationToken connection)
    {
        (_socket, _connection) = (socket, connection);
        _loop = RunAsync();
    }

    /// <summary>Sends the first notice; nothing is acknowledged before it.</summary>
    public Task HelloAsync(ChannelState state, string publisherId, long lastSequence) =>
        SendAsync(Notices.PublisherHello(state, publisherId, lastSequence));

    /// <summary>All up to this is stored.</summary>
    public void Acknowledge(PublishResult result) => _latest.Writer.TryWrite(result);

    /// <summary>Sends what waits; nothing is sent after it.</summary>
    public Task FlushAsync()
    {
        _latest.Writer.TryComplete();
        return _loop;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(FlushAsync());

    private async Task RunAsync()
    {
        try
        {
            await foreach (var result in _latest.Reader.ReadAllAsync(_connection))
            {
                await SendAsync(Notices.Ack(result));
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection is gone; the publisher resends what it was not told of.
        }
    }

    /// <summary>As it is, even where compression was agreed on: it is too short to shrink.</summary>
    private Task SendAsync(byte[] notice) =>
        _socket.SendAsync(notice.AsMemory(), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage | WebSocketMessageFlags.DisableCompression, _connection).AsTask();
}
