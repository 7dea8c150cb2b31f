using System.Net.WebSockets;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Ingest;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Hub;

/// <summary>A member's WebSocket: a viewer's, except that what it says is published.</summary>
internal sealed class HubTransport(WebSocketTransport transport, PublisherSession session, long member, int maxMessageBytes, IngestOptions options, TimeProvider time)
    : IViewerTransport
{
    private ViewerPump? _pump;

    /// <inheritdoc/>
    public ValueTask<Stream> OpenAsync(ViewerPump pump)
    {
        _pump = pump;
        return transport.OpenAsync(pump);
    }

    /// <inheritdoc/>
    public async Task WatchAsync()
    {
        using var reader = new MessageReader(transport.Socket, options.MessageWithin, time, () => _pump!.End(CloseCode.MessageUnfinished), transport.Meter);
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(maxMessageBytes, transport.Aborted);
                if (read.Outcome == ReadOutcome.Closed)
                {
                    await transport.AnswerCloseAsync();
                    return;
                }

                if (read.Outcome != ReadOutcome.Message || session.Ended.IsCompleted)
                {
                    _pump!.End(read.Outcome == ReadOutcome.TooBig ? CloseCode.TooBig : CloseCode.ChannelUnavailable);
                    await CloseAsync(await _pump.Ended ?? CloseCode.Normal);
                    await reader.DiscardAsync(transport.Aborted);
                    return;
                }

                await session.OfferAsync(new Message { Kind = read.Kind, Payload = read.Payload, PublishedAt = time.GetUtcNow().ToUnixMicroseconds(), Sender = member });
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone without a close, or closed by the framework for breaking the protocol.
        }
    }

    /// <inheritdoc/>
    public bool Beat(TimeSpan now, TimeSpan next) => transport.Beat(now, next);

    /// <inheritdoc/>
    public Task CloseAsync(CloseCode code) => transport.CloseAsync(code);

    /// <inheritdoc/>
    public void Abort() => transport.Abort();
}
