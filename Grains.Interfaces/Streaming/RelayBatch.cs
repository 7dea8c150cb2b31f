using Orleans.Streams;
using OrleansRelay.Channels;

namespace OrleansRelay.Streaming;

/// <summary>What one delivery carries: neighbouring batches of one channel.</summary>
/// <remarks>Only the batches travel. The stream's name goes with the delivery anyway, and the place in the queue means nothing elsewhere.</remarks>
[GenerateSerializer, Immutable, Alias("relay.delivery")]
public sealed class RelayBatch : IBatchContainer
{
    /// <summary>The batches in order.</summary>
    [Id(0)]
    public required ChannelBatch[] Batches { get; init; }

    /// <inheritdoc/>
    [field: NonSerialized]
    public StreamId StreamId { get; init; }

    /// <inheritdoc/>
    [field: NonSerialized]
    public StreamSequenceToken SequenceToken { get; init; } = null!;

    /// <summary>What it weighs against the bounds of queues and deliveries, in bytes.</summary>
    public long Weight => Batches.Sum(batch => batch.Messages.Sum(message => message.Payload.Length + 64L) + 64);

    /// <inheritdoc/>
    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() => Batches.OfType<T>().Select(batch => Tuple.Create(batch, SequenceToken));

    /// <inheritdoc/>
    public bool ImportRequestContext() => false;
}
