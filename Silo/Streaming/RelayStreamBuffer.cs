using Orleans.Providers.Streams.Common;
using Orleans.Streams;
using OrleansRelay.Streaming;

namespace OrleansRelay.Silo.Streaming;

/// <summary>The pending batches of one stream: a linked list whose cursors keep alive exactly what they have not passed.</summary>
/// <remarks>
/// The stock caches hold all streams of a queue in one run and every cursor walks all of it; here a cursor's step costs the same
/// however many channels there are. All calls come from one agent, whose scheduler runs them one at a time, so there is no lock.
/// </remarks>
internal sealed class RelayStreamBuffer(StreamId streamId, StreamMetrics metrics)
{
    /// <summary>Most that may wait for one gateway before it is let go: it gets the newest batch next, sees by the offsets what is missing, and reads the channel instead.</summary>
    private const int MaxPendingBatches = 4096;
    private const long MaxPendingBytes = 64 << 20;

    private readonly List<Cursor> _cursors = [];

    // An empty node stands before the first batch, so that "after the last one" is always a node.
    private Node _tail = new(batch: null, sequence: -1, bytesBefore: 0);
    private Node? _beforeLatest;

    /// <summary>Whether nobody reads it, so that it may be forgotten.</summary>
    public bool IsIdle => _cursors.Count == 0;

    /// <summary>Appends batches that were read from the queue together.</summary>
    public void Append(RelayBatch batch)
    {
        var node = new Node(batch, batch.SequenceToken.SequenceNumber, _tail.BytesBefore + (_tail.Batch?.Weight ?? 0));
        _tail.Next = node;
        _tail = node;
        foreach (var cursor in _cursors)
        {
            cursor.CheckBounds(node);
        }
    }

    /// <summary>Marks where what is appended next begins: cursors that the agent asks for after reading start there.</summary>
    public void BeginRead() => _beforeLatest = _tail;

    /// <summary>Makes a cursor before the first batch that is not older than a token, or at the end when there is none.</summary>
    public Cursor Open(StreamSequenceToken? token)
    {
        var at = _tail;
        if (token is not null)
        {
            at = Oldest();
            while (at.Next is { } next && next.Sequence < token.SequenceNumber)
            {
                at = next;
            }
        }

        var cursor = new Cursor(this, at);
        _cursors.Add(cursor);
        return cursor;
    }

    private Node Oldest()
    {
        var oldest = _beforeLatest ?? _tail;
        foreach (var cursor in _cursors)
        {
            oldest = cursor.At is { } at && at.Sequence < oldest.Sequence ? at : oldest;
        }

        return oldest;
    }

    /// <summary>One gateway's place.</summary>
    internal sealed class Cursor(RelayStreamBuffer buffer, Node at) : IQueueCacheCursor
    {
        /// <summary>Batches of one delivery. There is one delivery under way for a gateway, so merging is what makes it fast.</summary>
        private const int MaxMerged = 64;

        /// <summary>Bytes after which a delivery takes no further batch. Measured: with 16 KiB messages 256 KiB gave 5 ms where smaller ones gave 0.6.</summary>
        private const long MaxMergedBytes = 256 * 1024;

        private RelayBatch? _current;

        /// <summary>The last batch delivered; null after the gateway fell too far behind.</summary>
        public Node? At { get; private set; } = at;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            if (At is null)
            {
                // The agent makes another cursor, for what it delivered last; that begins with the oldest batch that is still here.
                At = buffer._tail;
                throw new QueueCacheMissException($"A gateway fell more than {MaxPendingBatches} batches or {MaxPendingBytes} bytes behind.");
            }

            if (At.Next is not { } first)
            {
                return false;
            }

            var last = first;
            var weight = first.Batch!.Weight;
            var count = 1;
            while (count < MaxMerged && last.Next is { } next && weight + next.Batch!.Weight <= MaxMergedBytes)
            {
                (last, weight, count) = (next, weight + next.Batch.Weight, count + 1);
            }

            _current = count == 1 ? first.Batch : Merge(first, last);
            At = last;
            buffer.Metrics.Delivered();
            return true;
        }

        /// <inheritdoc/>
        public IBatchContainer GetCurrent(out Exception exception)
        {
            exception = null!;
            return _current!;
        }

        /// <inheritdoc/>
        public void Refresh(StreamSequenceToken token)
        {
        }

        /// <inheritdoc/>
        public void RecordDeliveryFailure()
        {
        }

        /// <inheritdoc/>
        public void Dispose() => buffer._cursors.Remove(this);

        /// <summary>Lets go of everything when too much waits: a gateway that doesn't answer must not fill the silo's memory.</summary>
        internal void CheckBounds(Node newest)
        {
            if (At is { } at && (newest.Sequence - at.Sequence > MaxPendingBatches || newest.BytesBefore - at.BytesBefore > MaxPendingBytes))
            {
                At = null;
                buffer.Metrics.Overran();
            }
        }

        private RelayBatch Merge(Node first, Node last)
        {
            var batches = new List<Channels.ChannelBatch>();
            for (var node = first; ; node = node.Next!)
            {
                batches.AddRange(node.Batch!.Batches);
                if (node == last)
                {
                    break;
                }
            }

            return new RelayBatch { Batches = [.. batches], StreamId = buffer.StreamId, SequenceToken = new EventSequenceTokenV2(last.Sequence) };
        }
    }

    /// <summary>The stream.</summary>
    public StreamId StreamId => streamId;

    private StreamMetrics Metrics => metrics;

    /// <summary>One batch and the next one.</summary>
    internal sealed class Node(RelayBatch? batch, long sequence, long bytesBefore)
    {
        public RelayBatch? Batch { get; } = batch;

        public long Sequence { get; } = sequence;

        public long BytesBefore { get; } = bytesBefore;

        public Node? Next { get; set; }
    }
}
