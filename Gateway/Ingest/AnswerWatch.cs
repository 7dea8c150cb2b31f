using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Ingest;

/// <summary>Ends the wait for answers that don't come in time: one timer for all publishes of the gateway, which runs only while any wait.</summary>
/// <remarks>A wait ends up to <see cref="LookEvery"/> late; nearly all end much earlier, by their answer, and then neither set nor stop a timer.</remarks>
internal sealed class AnswerWatch(TimeProvider time) : IDisposable
{
    /// <summary>A sixth of the shortest wait that is usual (<see cref="IngestOptions.AnswerWithin"/>).</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly LinkedList<Wait> _waits = [];
    private ITimer? _timer;
    private bool _isLooking;

    /// <summary>Waits for an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="within">How long it may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<PublishResult> WaitAsync(Task<PublishResult> answer, TimeSpan within, CancellationToken cancellationToken)
    {
        if (answer.IsCompleted)
        {
            return answer;
        }

        var wait = new Wait(this, time.GetTimestamp(), within, cancellationToken);
        lock (_gate)
        {
            _waits.AddLast(wait.Node);
            if (!_isLooking)
            {
                _isLooking = true;
                _timer ??= time.CreateTimer(static self => ((AnswerWatch)self!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _timer.Change(LookEvery, LookEvery);
            }
        }

        answer.ContinueWith(static (answer, wait) => ((Wait)wait!).End(answer), wait, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return wait.Task;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Remove(Wait wait)
    {
        lock (_gate)
        {
            if (wait.Node.List is not null)
            {
                _waits.Remove(wait.Node);
            }
        }
    }

    private void Look()
    {
        List<Wait> over = [];
        lock (_gate)
        {
            for (var node = _waits.First; node is not null;)
            {
                var (wait, next) = (node.Value, node.Next);
                if (wait.IsOver(time))
                {
                    _waits.Remove(node);
                    over.Add(wait);
                }

                node = next;
            }

            if (_waits.Count == 0)
            {
                _isLooking = false;
                _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        over.ForEach(wait => wait.GiveUp());
    }

    private sealed class Wait : TaskCompletionSource<PublishResult>
    {
        private readonly AnswerWatch _watch;
        private readonly long _startedAt;
        private readonly TimeSpan _within;
        private readonly CancellationToken _cancellationToken;

        public Wait(AnswerWatch watch, long startedAt, TimeSpan within, CancellationToken cancellationToken)
        {
            (_watch, _startedAt, _within, _cancellationToken) = (watch, startedAt, within, cancellationToken);
            Node = new LinkedListNode<Wait>(this);
        }

        public LinkedListNode<Wait> Node { get; }

        public bool IsOver(TimeProvider time) => _cancellationToken.IsCancellationRequested || time.GetElapsedTime(_startedAt) >= _within;

        public void End(Task<PublishResult> answer)
        {
            _watch.Remove(this);
            TrySetFromTask(answer);
        }

        public void GiveUp()
        {
            if (_cancellationToken.IsCancellationRequested)
            {
                TrySetCanceled(_cancellationToken);
            }
            else
            {
                TrySetException(new TimeoutException($"The channel did not answer within {_within}."));
            }
        }
    }
}
