using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <content>The way of a publish that needs a turn: line, order, second copy, log, stream.</content>
/// <remarks>
/// Publishes interleave with all other calls; one loop stores them, so there is one order. What arrives while it waits for the second copy
/// is stored with the next commit.
/// </remarks>
internal sealed partial class ChannelGrain
{
    /// <summary>How long a batch waits for the one before it: what only took another way comes within milliseconds, and a lost one is sent again with all after it.</summary>
    private static readonly TimeSpan HeldBackFor = TimeSpan.FromMilliseconds(300);

    /// <summary>What the loop is storing. Only turns use it.</summary>
    private readonly PublishCommit _commit = new();
    private Task _storingLine = Task.CompletedTask;
    private Task _storing = Task.CompletedTask;
    private Task _expiring = Task.CompletedTask;

    /// <inheritdoc/>
    public Task<PublishResult> PublishAsync(PublishRequest request)
    {
        var publish = new PendingPublish(request, Now);
        using (var log = _log.Enter())
        {
            log.Line.Add(publish);
        }

        StoreLine();
        return publish.Task;
    }

    /// <summary>Stores what waits, if that is not being done.</summary>
    private void StoreLine()
    {
        if (_storingLine.IsCompleted)
        {
            _storingLine = StoreLineAsync();
        }
    }

    private async Task StoreLineAsync()
    {
        while (Gather())
        {
            try
            {
                await (_storing = StoreAsync());
                using var log = _log.Enter();
                log.IsCommitting = false;
                _commit.Answer(log.Epoch);
            }
            catch (Exception exception)
            {
                using var log = _log.Enter();
                log.IsCommitting = false;
                _commit.Fail(exception);
                if (_isFenced)
                {
                    log.Line.Fail(exception);
                }
            }
        }
    }

    /// <summary>What is being stored is stored or has failed, so that an answer about positions is not overtaken by it.</summary>
    private async Task SettleAsync() => await _storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    /// <summary>Takes publishes from the line until the commit has enough; answers those that are not to be stored.</summary>
    /// <returns>False when there is nothing to store.</returns>
    private bool Gather()
    {
        using var log = _log.Enter();
        _commit.Begin(log.History.Head + 1);
        while (!_commit.IsFull && log.Line.TryPeek(out var next))
        {
            if (_commit.Find(next.Request.PublisherId) is { } line && next.Request.FirstSequence <= line.LastSequence)
            {
                // Sent twice: whether it is stored is known after this commit.
                break;
            }

            log.Line.Take();
            Consider(log, next);
        }

        // Nothing else is stored until this commit is. What joins the line meanwhile is gathered next; what joins an idle line asks for a turn.
        return log.IsCommitting = !_commit.IsEmpty;
    }

    private void Consider(ChannelLog.Scope log, PendingPublish publish)
    {
        var request = publish.Request;
        var known = request.PublisherId.Length > 0 ? _commit.Find(request.PublisherId) ?? log.Ledger.Find(request.PublisherId) : null;
        var verdict = log.Judge(request, known);
        if (verdict.IsEarly && log.Line.TryHoldBack(publish))
        {
            _expiring = _expiring.IsCompleted ? ExpireHeldBackAsync() : _expiring;
        }
        else if (verdict.Refused is { } refused)
        {
            metrics.Refused(refused.Status);
            publish.Answer(refused);
        }
        else
        {
            // It is stored with this commit, and so is what has been waiting for it.
            _commit.Add(publish, verdict.Skip, publish.ArrivedAt);
            if (known is not null)
            {
                log.Line.Release(request.PublisherId, request.FirstSequence + request.Messages.Length);
            }
        }
    }

    /// <summary>
    /// Not the beat's work: an activation that ends has no beat any more, waits for every call that runs, and begins none. A batch whose predecessor
    /// came too late for it would hold up the end until the host gives up: measured, 30 s.
    /// </summary>
    private async Task ExpireHeldBackAsync()
    {
        while (ExpireHeldBack())
        {
            await Task.Delay(HeldBackFor / 3, time, CancellationToken.None);
        }
    }

    /// <returns>Whether any are left.</returns>
    private bool ExpireHeldBack()
    {
        using var log = _log.Enter();
        log.Line.Expire(Now - (long)HeldBackFor.TotalMilliseconds);
        return log.Line.HeldBack > 0;
    }

    private async Task StoreAsync()
    {
        if (_commit.FeedsChannel)
        {
            await FeedAsync();
        }

        // A second silo first: what viewers have seen must never get another offset. Nobody else appends, so the head stays.
        var messages = _commit.Messages();
        await ReplicateAsync(_commit.FirstOffset, messages, _commit.Lines);

        // Store it, and put it on the stream in the same turn.
        ChannelBatch batch;
        using (var log = _log.Enter())
        {
            batch = log.Append(messages, Now);
            foreach (var line in _commit.Lines)
            {
                log.Ledger.Write(line);
            }
        }

        ListSoon();
        metrics.Published(messages);
        await SendAsync(batch);
    }
}
