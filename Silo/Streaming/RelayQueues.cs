using Orleans.Providers.Streams.Common;
using Orleans.Streams;
using OrleansRelay.Channels;
using OrleansRelay.Streaming;

namespace OrleansRelay.Silo.Streaming;

/// <summary>The queues of this silo, and the four roles that Orleans asks of a stream provider's adapter.</summary>
/// <remarks>
/// A queue belongs to the silo whose channel grains fill it: publishing is an enqueue in the same process, with no hop, no copy and no
/// serialization. Pub-sub, pulling agents, handles and <see cref="IAsyncStream{T}"/> are stock Orleans. Not rewindable: the channel's own
/// offsets do that, and outlive the silo.
/// </remarks>
internal sealed class RelayQueues : IQueueAdapterFactory, IQueueAdapter, IQueueAdapterCache, IStreamQueueMapper, IStreamQueueBalancer
{
    private readonly QueueId[] _ids;
    private readonly RelayQueue[] _queues;
    private readonly StreamMetrics _metrics;
    private long _lastSequence;

    public RelayQueues(string name, StreamMetrics metrics, TimeProvider time)
    {
        (Name, _metrics) = (name, metrics);
        _ids = [.. Enumerable.Range(0, Math.Min(Environment.ProcessorCount, 8)).Select(index => QueueId.GetQueueId(name, (uint)index, (uint)index))];
        _queues = [.. _ids.Select(_ => new RelayQueue(metrics, time))];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsRewindable => false;

    /// <inheritdoc/>
    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    /// <inheritdoc/>
    public Task QueueMessageBatchAsync<T>(StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext) =>
        _queues[IndexOf(streamId)].WriteAsync(new RelayBatch
        {
            Batches = [.. events.Cast<ChannelBatch>()],
            StreamId = streamId,
            SequenceToken = new EventSequenceTokenV2(Interlocked.Increment(ref _lastSequence)),
        });

    /// <inheritdoc/>
    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => _queues[Array.IndexOf(_ids, queueId)];

    /// <inheritdoc/>
    public IQueueCache CreateQueueCache(QueueId queueId) => new RelayQueueCache(_metrics);

    /// <inheritdoc/>
    public IEnumerable<QueueId> GetAllQueues() => _ids;

    /// <inheritdoc/>
    public QueueId GetQueueForStream(StreamId streamId) => _ids[IndexOf(streamId)];

    /// <inheritdoc/>
    public IEnumerable<QueueId> GetMyQueues() => _ids;

    /// <inheritdoc/>
    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    /// <inheritdoc/>
    public IQueueAdapterCache GetQueueAdapterCache() => this;

    /// <inheritdoc/>
    public IStreamQueueMapper GetStreamQueueMapper() => this;

    /// <summary>A failed delivery is not a fault of the subscription: the gateway finds the gap by the offsets.</summary>
    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) =>
        Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler(faultOnError: false));

    /// <inheritdoc/>
    public Task Initialize(IStreamQueueMapper queueMapper) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task Shutdown() => Task.CompletedTask;

    /// <summary>The queues of a silo stay with it, so there is never anything to tell.</summary>
    public bool SubscribeToQueueDistributionChangeEvents(IStreamQueueBalanceListener observer) => true;

    /// <inheritdoc/>
    public bool UnSubscribeFromQueueDistributionChangeEvents(IStreamQueueBalanceListener observer) => true;

    private int IndexOf(StreamId streamId) => (int)((uint)streamId.GetHashCode() % (uint)_queues.Length);
}
