using OrleansRelay.Channels;
using OrleansRelay.Local;

namespace OrleansRelay.Grains.Channels;

/// <summary>What a channel has stored and in which order: history, publishers, and the publishes that wait, all behind one lock.</summary>
/// <remarks>
/// The activation owns it. Its turns use it, and so do publishers of the same process on their own threads. Its parts are reached only through
/// <see cref="Enter"/>, whose scope holds the lock and, being a ref struct, can't be kept over an await. Messages are appended and handed to the
/// followers of this process in one scope, so the order of both is the same.
/// </remarks>
internal sealed class ChannelLog(int maxMessageBytes, HistoryBounds bounds, long epoch)
{
    private readonly Lock _gate = new();
    private readonly HistoryRing _history = new();
    private readonly PublisherLedger _ledger = new();
    private readonly PublisherSessions _sessions = new(firstSession: epoch);
    private readonly PublishLine _line = new();
    private HistoryBounds _bounds = bounds;
    private LocalChannel? _local;
    private long _epoch = epoch;
    private ChannelLife _life;
    private bool _isCommitting;
    private bool _isSealed;
    private bool _hasEnqueued;

    /// <summary>The newest offset given out.</summary>
    public long Head
    {
        get
        {
            using var log = Enter();
            return log.History.Head;
        }
    }

    /// <summary>The epoch of all positions.</summary>
    public long Epoch
    {
        get
        {
            using var log = Enter();
            return log.Epoch;
        }
    }

    /// <summary>Takes the lock. The scope gives it back when disposed, and then has followers work on what was enqueued.</summary>
    /// <param name="mayUseThread">Whether followers may work on the caller's thread; false in a turn.</param>
    public Scope Enter(bool mayUseThread = false) => new(this, mayUseThread);

    private int MaxMessageBytes => maxMessageBytes;

    /// <summary>The log with its lock held.</summary>
    public readonly ref struct Scope
    {
        private readonly ChannelLog _log;
        private readonly bool _mayUseThread;

        internal Scope(ChannelLog log, bool mayUseThread)
        {
            (_log, _mayUseThread) = (log, mayUseThread);
            log._gate.Enter();
        }

        /// <summary>The messages held.</summary>
        public HistoryRing History => _log._history;

        /// <summary>What is stored of each publisher.</summary>
        public PublisherLedger Ledger => _log._ledger;

        /// <summary>Who has the channel open.</summary>
        public PublisherSessions Sessions => _log._sessions;

        /// <summary>The publishes that wait.</summary>
        public PublishLine Line => _log._line;

        /// <summary>The epoch of all positions.</summary>
        public long Epoch
        {
            get => _log._epoch;
            set => _log._epoch = value;
        }

        /// <summary>Whether the stream runs.</summary>
        public ChannelLife Life
        {
            get => _log._life;
            set => _log._life = value;
        }

        /// <summary>How much is held.</summary>
        public HistoryBounds Bounds
        {
            set => _log._bounds = value;
        }

        /// <summary>Whether a turn is storing: until it is done nothing else may be appended.</summary>
        public bool IsCommitting
        {
            get => _log._isCommitting;
            set => _log._isCommitting = value;
        }

        /// <summary>Whether nothing is taken any more: the activation is leaving.</summary>
        public bool IsSealed => _log._isSealed;

        /// <summary>Opens the log for publishers and followers of this process.</summary>
        public void OpenTo(LocalChannel local) => _log._local = local;

        /// <summary>Takes no further publish, except those that wait already.</summary>
        public void Seal() => _log._isSealed = true;

        /// <summary>Drops what is beyond the bounds.</summary>
        /// <param name="now">Milliseconds since 1970.</param>
        public void Trim(long now) =>
            History.Trim(_log._bounds.Messages, _log._bounds.Bytes, notBefore: (now - (long)_log._bounds.Age.TotalMilliseconds) * 1000);

        /// <summary>Appends messages at the head.</summary>
        /// <returns>The batch as followers get it.</returns>
        public ChannelBatch Append(Message[] messages, long now)
        {
            var batch = new ChannelBatch { Epoch = Epoch, FirstOffset = History.Head + 1, Messages = messages, Life = Life };
            foreach (ref readonly var message in messages.AsSpan())
            {
                History.Append(message);
            }

            Trim(now);
            return Enqueue(batch);
        }

        /// <summary>The stream starts or ends: followers are told.</summary>
        /// <param name="notice">What happens.</param>
        /// <param name="now">Milliseconds since 1970.</param>
        /// <returns>The batch as followers get it.</returns>
        public ChannelBatch Notify(ChannelNotice notice, long now)
        {
            Life = Life.After(notice, History.Head, now);
            return Enqueue(new ChannelBatch { Epoch = Epoch, FirstOffset = History.Head + 1, Messages = [], Notice = notice, Life = Life });
        }

        /// <summary>Decides whether a publish is stored now.</summary>
        /// <param name="request">The publish.</param>
        /// <param name="known">What is stored of the publisher, or will be with the commit so far; null when it has no name.</param>
        public PublishVerdict Judge(PublishRequest request, PublisherLine? known)
        {
            // 1. May this publisher publish?
            if (request.Session != 0 && Sessions.Check(request.Session) is not PublishStatus.Stored and var refused)
            {
                return new PublishVerdict(0, new PublishResult { Status = refused }, IsEarly: false);
            }

            // 2. What of it is new, and is it its turn? Only a publisher with a name has numbers.
            var isEarly = known is not null && (known.LastSequence > 0 ? request.FirstSequence > known.LastSequence + 1 : request.FollowsUnstored);
            var skip = known is { LastSequence: > 0 } ? (int)Math.Clamp(known.LastSequence + 1 - request.FirstSequence, 0, request.Messages.Length) : 0;
            var status = isEarly ? PublishStatus.SequenceGap
                : skip == request.Messages.Length ? PublishStatus.Duplicate
                : HasTooLarge(request.Messages) ? PublishStatus.TooLarge
                : PublishStatus.Stored;
            return status == PublishStatus.Stored
                ? new PublishVerdict(skip, Refused: null, IsEarly: false)
                : new PublishVerdict(0, new PublishResult { Status = status, Epoch = Epoch, LastOffset = known?.LastOffset ?? 0, LastSequence = known?.LastSequence ?? 0 }, isEarly && request.FollowsUnstored);
        }

        /// <summary>Gives the lock back.</summary>
        public void Dispose()
        {
            var local = _log._hasEnqueued ? _log._local : null;
            _log._hasEnqueued = false;
            _log._gate.Exit();
            local?.Run(_mayUseThread);
        }

        private ChannelBatch Enqueue(ChannelBatch batch)
        {
            _log._hasEnqueued = true;
            _log._local?.Enqueue(batch);
            return batch;
        }

        private bool HasTooLarge(Message[] messages)
        {
            foreach (ref readonly var message in messages.AsSpan())
            {
                if (message.Payload.Length > _log.MaxMessageBytes)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
