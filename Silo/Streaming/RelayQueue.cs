using System.Threading.Channels;
using Orleans.Streams;
using OrleansRelay.Streaming;

namespace OrleansRelay.Silo.Streaming;

/// <summary>One queue of this silo: channel grains put batches in, the pulling agent takes them out and waits here instead of polling.</summary>
/// <remarks>
/// Rules of the pulling agent that shape this class (Orleans 10.4.2, PersistentStreamPullingAgent): it stops only after a read has
/// returned, so a read waits for a bounded time; an empty answer ends its loop until a timer ticks, so a read that found nothing answers
/// with one null, which the agent leaves out; an exception makes it wait for 10 s, so a read never throws.
/// </remarks>
internal sealed class RelayQueue(StreamMetrics metrics) : IQueueAdapterReceiver
{
    /// <summary>Most batches that may wait for the agent. It takes them as fast as it can be scheduled, so this fills only while it doesn't run.</summary>
    private const int MaxWaiting = 16 * 1024;

    /// <summary>Most batches of one read: enough to be merged well, few enough that other streams of the queue are not held up.</summary>
    private const int MaxRead = 256;

    /// <summary>How long a read waits, and so how long a silo's stop may wait for it.</summary>
    private static readonly TimeSpan ReadFor = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a publisher waits for room before its channel goes on without the stream; gateways then fetch what they miss.</summary>
    private static readonly TimeSpan WriteFor = TimeSpan.FromSeconds(1);

    private static readonly IList<IBatchContainer> Nothing = [null!];

    private readonly Channel<RelayBatch> _waiting = Channel.CreateBounded<RelayBatch>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private Task<bool>? _more;

    /// <summary>Puts a batch in. Completes at once unless the queue is full.</summary>
    /// <exception cref="TimeoutException">There was no room for too long.</exception>
    public Task WriteAsync(RelayBatch batch)
    {
        metrics.Queued();
        return _waiting.Writer.TryWrite(batch) ? Task.CompletedTask : WriteWhenThereIsRoomAsync(batch);
    }

    /// <inheritdoc/>
    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount)
    {
        if (!_waiting.Reader.TryPeek(out _))
        {
            // One wait is kept over all reads that end without anything, or each would leave another waiter behind.
            _more ??= _waiting.Reader.WaitToReadAsync().AsTask();
            await Task.WhenAny(_more, Task.Delay(ReadFor, TimeProvider.System, CancellationToken.None));
            _more = _more.IsCompleted ? null : _more;
        }

        var batches = new List<IBatchContainer>();
        while (batches.Count < MaxRead && _waiting.Reader.TryRead(out var batch))
        {
            batches.Add(batch);
        }

        return batches.Count > 0 ? batches : Nothing;
    }

    private async Task WriteWhenThereIsRoomAsync(RelayBatch batch)
    {
        using var within = new CancellationTokenSource(WriteFor);
        try
        {
            // Cancelled, not left behind: a batch that came in later after all would come out of order.
            await _waiting.Writer.WriteAsync(batch, within.Token);
        }
        catch (OperationCanceledException)
        {
            metrics.Refused();
            throw new TimeoutException($"The queue had no room for {WriteFor}.");
        }
    }

    /// <inheritdoc/>
    public Task Initialize(TimeSpan timeout) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task Shutdown(TimeSpan timeout) => Task.CompletedTask;
}
