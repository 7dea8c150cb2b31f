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
internal sealed class RelayQueue(StreamMetrics metrics, TimeProvider time) : IQueueAdapterReceiver
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

    /// <summary>The batches. A null only ends a read that waits.</summary>
    private readonly Channel<RelayBatch?> _waiting = Channel.CreateBounded<RelayBatch?>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    // One timer that repeats, not one for each read that waits: between two messages of a busy channel a read waits for a fraction of a millisecond, and
    // its timer would stay behind for the rest of its time.
    private ITimer? _wake;
    private volatile bool _isReading;

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
            _isReading = true;
            await _waiting.Reader.WaitToReadAsync();
            _isReading = false;
        }

        var batches = new List<IBatchContainer>();
        while (batches.Count < MaxRead && _waiting.Reader.TryRead(out var batch))
        {
            if (batch is not null)
            {
                batches.Add(batch);
            }
        }

        return batches.Count > 0 ? batches : Nothing;
    }

    /// <inheritdoc/>
    public Task Initialize(TimeSpan timeout)
    {
        _wake?.Dispose();
        _wake = time.CreateTimer(static self => ((RelayQueue)self!).EndRead(), this, ReadFor, ReadFor);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    /// <summary>The agent calls it after its last read has returned.</summary>
    public Task Shutdown(TimeSpan timeout)
    {
        _wake?.Dispose();
        return Task.CompletedTask;
    }

    private void EndRead()
    {
        if (_isReading)
        {
            _waiting.Writer.TryWrite(null);
        }
    }

    private async Task WriteWhenThereIsRoomAsync(RelayBatch batch)
    {
        using var within = new CancellationTokenSource(WriteFor, time);
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
}
