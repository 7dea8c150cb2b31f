using Orleans.Streams;
using OrleansRelay.Streaming;

namespace OrleansRelay.Silo.Streaming;

/// <summary>What one pulling agent holds between its queue and its gateways, stream by stream.</summary>
internal sealed class RelayQueueCache(StreamMetrics metrics) : IQueueCache
{
    private readonly Dictionary<StreamId, RelayStreamBuffer> _streams = [];

    // Streams that were read last: the agent asks for their first cursors right after, so they are forgotten one read later at the earliest.
    private HashSet<RelayStreamBuffer> _latest = [];
    private HashSet<RelayStreamBuffer> _former = [];

    /// <inheritdoc/>
    public int GetMaxAddCount() => int.MaxValue;

    /// <inheritdoc/>
    public void AddToCache(IList<IBatchContainer> messages)
    {
        (_latest, _former) = (_former, _latest);
        _latest.Clear();
        foreach (var message in messages)
        {
            // A read that found nothing answers with a null.
            if (message is RelayBatch batch)
            {
                var stream = Of(batch.StreamId);
                if (_latest.Add(stream))
                {
                    stream.BeginRead();
                }

                stream.Append(batch);
            }
        }

        foreach (var stream in _former)
        {
            if (stream.IsIdle && !_latest.Contains(stream))
            {
                _streams.Remove(stream.StreamId);
            }
        }
    }

    /// <inheritdoc/>
    public IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token) => Of(streamId).Open(token);

    /// <inheritdoc/>
    public bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        purgedItems = [];
        return false;
    }

    /// <summary>Never: the slowest gateway must not stop the others. A cursor that falls behind is cut off instead.</summary>
    public bool IsUnderPressure() => false;

    private RelayStreamBuffer Of(StreamId streamId)
    {
        if (!_streams.TryGetValue(streamId, out var stream))
        {
            stream = new RelayStreamBuffer(streamId, metrics);
            _streams.Add(streamId, stream);
        }

        return stream;
    }
}
