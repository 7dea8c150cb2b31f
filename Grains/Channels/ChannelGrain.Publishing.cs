using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <content>From a publish to its place in the buffer: line, order, second copy, buffer, stream.</content>
/// <remarks>
/// Publishes interleave with all other calls; one loop stores them, so there is one order. What arrives while it waits for the second copy
/// is stored with the next commit.
/// </remarks>
internal sealed partial class ChannelGrain
{
    /// <summary>How long a batch waits for the one before it: what only took another way comes within milliseconds, and a lost one is sent again with all after it.</summary>
    private static readonly TimeSpan HeldBackFor = TimeSpan.FromMilliseconds(300);

    private readonly PublishLine _line = new();
    private readonly PublishCommit _commit = new();
    private Task _storingLine = Task.CompletedTask;
    private Task _storing = Task.CompletedTask;
    private Task _expiring = Task.CompletedTask;

    /// <inheritdoc/>
    public Task<PublishResult> PublishAsync(PublishRequest request)
    {
        var publish = new PendingPublish(request, Now);
        _line.Add(publish);
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
        while (_line.TryPeek(out _))
        {
            Gather();
            if (_commit.IsEmpty)
            {
                continue;
            }

            try
            {
                await (_storing = StoreAsync());
                _commit.Answer(_epoch);
            }
            catch (Exception exception)
            {
                _commit.Fail(exception);
                if (_isFenced)
                {
                    _line.Fail(exception);
                }
            }
        }
    }

    /// <summary>What is being stored is stored or has failed, so that an answer about positions is not overtaken by it.</summary>
    private async Task SettleAsync() => await _storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    /// <summary>Takes publishes from the line until the commit has enough; answers those that are not to be stored.</summary>
    private void Gather()
    {
        _commit.Begin(_history.Head + 1);
        while (!_commit.IsFull && _line.TryPeek(out var next))
        {
            if (_commit.Find(next.Request.PublisherId) is { } line && next.Request.FirstSequence <= line.LastSequence)
            {
                // Sent twice: whether it is stored is known after this commit.
                break;
            }

            _line.Take();
            Consider(next);
        }
    }

    private void Consider(PendingPublish publish)
    {
        // 1. May this publisher publish?
        var request = publish.Request;
        var status = request.Session == 0 ? PublishStatus.Stored : _sessions.Check(request.Session);
        if (status != PublishStatus.Stored)
        {
            publish.Answer(new PublishResult { Status = status });
            return;
        }

        // 2. What of it is new, and is it its turn? Only a publisher with a name has numbers.
        var known = request.PublisherId.Length > 0 ? _commit.Find(request.PublisherId) ?? _ledger.Find(request.PublisherId) : null;
        var isEarly = known is not null && (known.LastSequence > 0 ? request.FirstSequence > known.LastSequence + 1 : request.FollowsUnstored);
        if (isEarly && request.FollowsUnstored && _line.TryHoldBack(publish))
        {
            _expiring = _expiring.IsCompleted ? ExpireHeldBackAsync() : _expiring;
            return;
        }

        var skip = known is { LastSequence: > 0 } ? (int)Math.Clamp(known.LastSequence + 1 - request.FirstSequence, 0, request.Messages.Length) : 0;
        status = isEarly ? PublishStatus.SequenceGap
            : skip == request.Messages.Length ? PublishStatus.Duplicate
            : HasTooLarge(request.Messages) ? PublishStatus.TooLarge
            : PublishStatus.Stored;
        if (status != PublishStatus.Stored)
        {
            metrics.Refused(status);
            publish.Answer(new PublishResult { Status = status, Epoch = _epoch, LastOffset = known?.LastOffset ?? 0, LastSequence = known?.LastSequence ?? 0 });
            return;
        }

        // 3. It is stored with this commit, and so is what has been waiting for it.
        _commit.Add(publish, skip, publish.ArrivedAt);
        if (known is not null)
        {
            _line.Release(request.PublisherId, request.FirstSequence + request.Messages.Length);
        }
    }

    private bool HasTooLarge(Message[] messages)
    {
        foreach (ref readonly var message in messages.AsSpan())
        {
            if (message.Payload.Length > _options.MaxMessageBytes)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Not the beat's work: an activation that ends has no beat any more, waits for every call that runs, and begins none. A batch whose predecessor
    /// came too late for it would hold up the end until the host gives up: measured, 30 s.
    /// </summary>
    private async Task ExpireHeldBackAsync()
    {
        while (_line.HeldBack > 0)
        {
            await Task.Delay(HeldBackFor / 3, time, CancellationToken.None);
            _line.Expire(Now - (long)HeldBackFor.TotalMilliseconds);
        }
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
        foreach (var message in messages)
        {
            _history.Append(message);
        }

        Trim();
        foreach (var line in _commit.Lines)
        {
            _ledger.Write(line);
        }

        ListSoon();
        metrics.Published(messages);
        await SendAsync(new ChannelBatch { Epoch = _epoch, FirstOffset = _commit.FirstOffset, Messages = messages });
    }
}
