using Orleans.Streams;

namespace OrleansRelay.Gateway.Standalone;

/// <summary>The gateway's side of the relay's stream provider: it subscribes and never publishes, so there are no queues here.</summary>
internal sealed class SubscriberQueues(string name) : IQueueAdapterFactory, IQueueAdapter
{
    /// <inheritdoc/>
    public string Name => name;

    /// <summary>As on the silos: a consumer of a rewindable provider would ask for tokens that mean nothing here.</summary>
    public bool IsRewindable => false;

    /// <inheritdoc/>
    public StreamProviderDirection Direction => StreamProviderDirection.WriteOnly;

    /// <inheritdoc/>
    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    /// <inheritdoc/>
    public Task QueueMessageBatchAsync<T>(StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext) =>
        throw new NotSupportedException("A gateway publishes through the channel's grain, which alone gives positions.");

    /// <inheritdoc/>
    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IQueueAdapterCache GetQueueAdapterCache() => throw new NotSupportedException();

    /// <inheritdoc/>
    public IStreamQueueMapper GetStreamQueueMapper() => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) => throw new NotSupportedException();
}
