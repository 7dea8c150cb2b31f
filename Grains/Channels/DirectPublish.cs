using OrleansRelay.Channels;
using OrleansRelay.Local;

namespace OrleansRelay.Grains.Channels;

/// <summary>The way into a channel for publishers of the same process.</summary>
/// <remarks>
/// A publish is stored on the publisher's own thread, under the log's lock, if the channel has neither a second copy nor a stream and no other publish
/// waits. Otherwise it joins the line, and a turn stores it: queued on the activation's own scheduler, without a message, a callback or a timer.
/// </remarks>
/// <param name="log">The channel's log.</param>
/// <param name="storesAtOnce">Whether the channel has neither a second copy nor a stream to wait for.</param>
/// <param name="turns">The activation's scheduler.</param>
/// <param name="storeLine">Stores what waits; runs in a turn.</param>
/// <param name="listSoon">Has the list of channels show what is new, and so ends a channel's rest; runs in a turn.</param>
/// <param name="metrics">Counts what is stored.</param>
/// <param name="time">The clock.</param>
internal sealed class DirectPublish(
    ChannelLog log, bool storesAtOnce, IWorkItemScheduler turns, Action storeLine, Action listSoon, ChannelMetrics metrics, TimeProvider time) : IHostedChannel
{
    private volatile bool _isAtRest;

    /// <summary>Whether the channel beats less often: the next publish ends that.</summary>
    public bool IsAtRest
    {
        set => _isAtRest = value;
    }

    /// <inheritdoc/>
    public bool TryPublish(PublishRequest request, out ValueTask<PublishResult> answer)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        DirectAnswer? direct;
        using (var held = log.Enter(mayUseThread: true))
        {
            if (held.IsSealed)
            {
                answer = default;
                return false;
            }

            // A publish without a session may start the stream, which is written to the storage.
            direct = storesAtOnce && request.Session != 0 && !held.IsCommitting && held.Line.IsEmpty ? Store(held, request, now) : null;
            if (direct is null)
            {
                var waiting = new PendingPublish(request, now);
                held.Line.Add(waiting);
                answer = new ValueTask<PublishResult>(waiting.Task);
            }
            else
            {
                answer = ValueTask.FromResult(direct.Value.Result);
            }
        }

        if (direct is null)
        {
            turns.QueueAction(storeLine);
        }
        else
        {
            Count(direct.Value);
        }

        return true;
    }

    /// <returns>Null when it has to wait for the batch before it.</returns>
    private static DirectAnswer? Store(ChannelLog.Scope held, PublishRequest request, long now)
    {
        var known = request.PublisherId.Length > 0 ? held.Ledger.Find(request.PublisherId) : null;
        var verdict = held.Judge(request, known);
        if (verdict.Refused is { } refused)
        {
            return verdict.IsEarly ? null : new DirectAnswer(refused, []);
        }

        var messages = verdict.Skip == 0 ? request.Messages : request.Messages[verdict.Skip..];
        var batch = held.Append(messages, now);
        var line = known is null ? null : PublisherLedger.LineAfter(request, batch.NextOffset - 1, now);
        if (line is not null)
        {
            held.Ledger.Write(line);
        }

        return new DirectAnswer(
            new PublishResult { Status = PublishStatus.Stored, Epoch = batch.Epoch, LastOffset = batch.NextOffset - 1, LastSequence = line?.LastSequence ?? 0 },
            messages);
    }

    private void Count(DirectAnswer direct)
    {
        if (direct.Result.Status != PublishStatus.Stored)
        {
            metrics.Refused(direct.Result.Status);
            return;
        }

        metrics.Published(direct.Stored);
        if (_isAtRest)
        {
            _isAtRest = false;
            turns.QueueAction(listSoon);
        }
    }

    private readonly record struct DirectAnswer(PublishResult Result, Message[] Stored);
}
