using System.Net.WebSockets;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Ingest;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Hub;

/// <summary>A member's WebSocket: a viewer's, except that what it says is published.</summary>
/// <param name="transport">The WebSocket.</param>
/// <param name="session">Publishes what it says.</param>
/// <param name="member">The member's number.</param>
/// <param name="maxMessageBytes">Largest message.</param>
/// <param name="options">Times of publishers.</param>
/// <param name="leave">Publishes what waits and gives the member's name back.</param>
/// <param name="time">The clock.</param>
internal sealed class HubTransport(
    WebSocketTransport transport, PublisherSession session, long member, int maxMessageBytes, IngestOptions options, Func<Task> leave, TimeProvider time)
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
                    await LeaveAsync();
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

    /// <summary>Before the close is answered: clients come again with the same name as soon as they see that.</summary>
    private async Task LeaveAsync()
    {
        try
        {
            await leave().WaitAsync(options.CloseWithin, time);
        }
        catch (TimeoutException)
        {
            // The channel can't be reached now. The member need not wait for that.
        }
    }

    /// <inheritdoc/>
    public bool Beat(TimeSpan now, TimeSpan next) => transport.Beat(now, next);

    /// <inheritdoc/>
    public Task CloseAsync(CloseCode code) => transport.CloseAsync(code);

    /// <inheritdoc/>
    public void Abort() => transport.Abort();
}
