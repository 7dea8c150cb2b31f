using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;
using OrleansRelay.Channels;
using OrleansRelay.Directory;
using OrleansRelay.Grains.Replication;

namespace OrleansRelay.Grains.Channels;

/// <content>The life of a channel: waking with or without its buffer, streams that start and end, the beat, falling asleep.</content>
internal sealed partial class ChannelGrain
{
    /// <summary>The directory hears of a channel at most this often, and at least every tenth time.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The beat of a channel in which nothing happens: what it looks after then is not due to the second, and when a wait for a publisher is over is known.
    /// Measured with 1,200 such channels: 2 ms of CPU a second above an empty relay's, instead of 9.
    /// </summary>
    private static readonly TimeSpan RestingBeat = TimeSpan.FromSeconds(5);

    /// <summary>How long a channel stays awake after a publish, as after a call: Orleans's own default.</summary>
    private static readonly TimeSpan AwakeAfterPublish = TimeSpan.FromMinutes(15);

    private IGrainTimer _beat = null!;
    private long _beatHead;
    private TimeSpan _beatEvery = Beat;
    private long _listedAt;
    private bool _isListed;
    private Task _recordWritten = Task.CompletedTask;
    private bool _isFenced;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _name = ChannelName.Parse(this.GetPrimaryKeyString());
        _options = optionsOfNamespaces.Get(_name.Namespace);
        _stream = ServiceProvider.GetKeyedService<IStreamProvider>(ChannelStreams.Provider)?.GetStream<ChannelBatch>(ChannelStreams.Of(_name));

        // Numbers that must never repeat grow with the clock, so that a channel whose memory was lost goes on above its former ones.
        _rosterId = Math.Max(Now, record.State.Epoch + 1);
        _log = new ChannelLog(_options.MaxMessageBytes, Bounds(), epoch: _rosterId);
        _roster = new ChannelRoster(firstMember: _rosterId);
        var storedEpoch = await TakeStoredBufferAsync(cancellationToken);
        await TakeReplicaAsync(storedEpoch);
        _beat = this.RegisterGrainTimer(OnBeatAsync, new GrainTimerCreationOptions(Beat, Beat) { Interleave = true });
        metrics.Woke();
        _direct = new DirectPublish(_log, storesAtOnce: _stream is null && _replica is null, GrainContext.Scheduler, StoreLine, ListSoon, metrics, time);
        OpenLog();
    }

    /// <summary>From here on publishers and followers of this process reach the log.</summary>
    private void OpenLog()
    {
        _local = locals.Enter(_name, _direct);

        // Orleans tells only activations that have become valid that they end. Another one must not go on taking what is published.
        GrainContext.Deactivated.ContinueWith(static (_, self) => ((ChannelGrain)self!).LeaveProcess(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        using var log = _log.Enter();
        log.OpenTo(_local);
        log.Life = record.State.LifeIn(log.Epoch);
        if (record.State is { StartedAt: > 0, EndedAt: 0 })
        {
            // The stream was running when the silo stopped: its publisher has one lease to come back.
            log.Sessions.Feed(LeaseEnd());
        }

        Log.Woke(logger, _name, log.Epoch, log.History.Head, log.History.Count);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        metrics.Slept();
        var isEmpty = await CloseLogAsync(cancellationToken);
        if (_isFenced || isEmpty)
        {
            // A fenced activation's buffer is not the channel's any more.
            return;
        }

        // Its callers wait for the end of this. Measured with eight channels of 3 MB on a busy machine: through the database they paused for up to
        // 2.6 s, and for 0.6 s by leaving them to their copies.
        if (reason.ReasonCode == DeactivationReasonCode.ShuttingDown && _replica is not null && await _replica.TryHandOverAsync(_log))
        {
            Log.HandedOver(logger, _name);
            return;
        }

        try
        {
            stored.State = ToStored();
            await stored.WriteStateAsync(cancellationToken);
            Log.BufferStored(logger, _name, stored.State.Epoch, stored.State.Head, stored.State.Messages.Length);
            if (_replica is not null && reason.ReasonCode == DeactivationReasonCode.ActivationIdle)
            {
                await _replica.RetireAsync();
            }
        }
        catch (Exception exception)
        {
            // The next activation finds no buffer and begins a new epoch, which tells every viewer the truth.
            Log.BufferNotStored(logger, exception, _name);
        }
    }

    /// <summary>Takes nothing more, stores what waits, and lets the publishers and followers of this process go.</summary>
    /// <returns>Whether the channel has never had anything.</returns>
    private async Task<bool> CloseLogAsync(CancellationToken cancellationToken)
    {
        SealLog();
        StoreLine();
        await _storingLine.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        LeaveProcess();
        using (var log = _log.Enter())
        {
            return log.History.Head == 0 && log.Ledger.Lines.Count == 0;
        }
    }

    private void SealLog()
    {
        using var log = _log.Enter();
        log.Seal();
    }

    /// <summary>Thread-safe, and the second time it changes nothing.</summary>
    private void LeaveProcess()
    {
        SealLog();
        locals.Leave(_local, _direct);
    }

    private StoredBuffer ToStored()
    {
        using var log = _log.Enter();
        return StoredBuffer.Of(log.Epoch, log.History, log.Ledger);
    }

    /// <summary>Takes the buffer out of the storage; only if that worked does the channel go on in its epoch.</summary>
    /// <returns>The epoch of the buffer, 0 when there was none.</returns>
    private async Task<long> TakeStoredBufferAsync(CancellationToken cancellationToken)
    {
        if (!stored.RecordExists)
        {
            return 0;
        }

        var buffer = stored.State;
        await stored.ClearStateAsync(cancellationToken);
        if (buffer.Epoch < record.State.Epoch)
        {
            // It was stored by a copy whose silo stopped after the channel had gone on without it.
            return 0;
        }

        using var log = _log.Enter();
        log.Epoch = buffer.Epoch;
        buffer.CopyTo(log.History, log.Ledger);
        log.Trim(Now);
        return buffer.Epoch;
    }

    /// <summary>After a crash the second copy is all there is of the buffer; after a stop while the storage was away, too.</summary>
    private async Task TakeReplicaAsync(long storedEpoch)
    {
        if (_options.Ack != AckLevel.Replicated || placement.Version == 0)
        {
            return;
        }

        _replica = new ChannelReplica(_name, GrainFactory, placement, time);
        if (await _replica.TakeOverAsync(_rosterId, _log, storedEpoch))
        {
            using var log = _log.Enter();
            Log.Recovered(logger, _name, log.Epoch, log.History.Head, log.History.Count);
        }
    }

    /// <summary>Has messages held on a second silo, where the channel's level asks for it.</summary>
    /// <exception cref="InvalidOperationException">This activation was replaced by another one; the caller's next try reaches that.</exception>
    private async Task ReplicateAsync(long firstOffset, Message[] messages, IReadOnlyList<PublisherLine> lines)
    {
        if (_replica is null)
        {
            return;
        }

        if (!await _replica.HoldAsync(_log, firstOffset, messages, [.. lines]))
        {
            _isFenced = true;
            DeactivateOnIdle();
            Log.Fenced(logger, _name);
            throw new InvalidOperationException($"Channel {_name} is owned by another activation now.");
        }
    }

    private async Task StartAsync(bool isAnew)
    {
        var wasLive = record.State is { StartedAt: > 0, EndedAt: 0 };
        if (wasLive && !isAnew)
        {
            return;
        }

        ListSoon();
        ChannelBatch started;
        using (var log = _log.Enter())
        {
            if (isAnew)
            {
                log.History.Clear();
            }

            started = log.Notify(isAnew ? ChannelNotice.Reset : ChannelNotice.Started, Now);
            record.State.Take(log.Life);
        }

        await SendAsync(started);
        await TryWriteRecordAsync();
    }

    /// <summary>A channel that is fed by HTTP has no session: each publish keeps it live for one lease.</summary>
    private Task FeedAsync()
    {
        bool wasLive;
        using (var log = _log.Enter())
        {
            wasLive = log.Sessions.IsLive(Now);
            log.Sessions.Feed(LeaseEnd());
        }

        return wasLive ? Task.CompletedTask : StartAsync(isAnew: false);
    }

    private async Task EndIfOverAsync(ChannelNotice notice)
    {
        ChannelBatch ended;
        using (var log = _log.Enter())
        {
            if (log.Sessions.IsLive(Now) || record.State is not { StartedAt: > 0, EndedAt: 0 })
            {
                return;
            }

            ended = log.Notify(notice, Now);
            record.State.Take(log.Life);
        }

        ListSoon();
        await SendAsync(ended);
        await TryWriteRecordAsync();
    }

    /// <summary>Runs between other turns (it interleaves), so nothing that it reads before an await is used after it.</summary>
    private async Task OnBeatAsync(CancellationToken cancellationToken)
    {
        ExpireLeases();
        SeePublishes();
        await EndIfOverAsync(ChannelNotice.PublisherLost);
        await LookAfterReplicaAsync();
        await ReportAsync();
        SetBeat(BeatWanted());
    }

    private void ExpireLeases()
    {
        using var log = _log.Enter();
        foreach (var gatewayId in _roster.Expire(Now))
        {
            log.Sessions.Keep(gatewayId, [], LeaseEnd());
            ListSoon();
            Log.GatewayLost(logger, _name, gatewayId);
        }

        log.Sessions.Expire(Now);
        log.Ledger.Forget(Now - (long)_options.DedupeFor.TotalMilliseconds, log.Sessions.IsOpen);
        log.Trim(Now);
        if (record.State.EndedAt > 0 && record.State.EndedAt + (long)_options.KeepAfterEnd.TotalMilliseconds <= Now)
        {
            log.History.Clear();
        }
    }

    /// <summary>Publishes of this process are no calls: Orleans would put the grain to sleep, and the listing would not hear of them.</summary>
    private void SeePublishes()
    {
        var head = _log.Head;
        if (head != _beatHead)
        {
            _beatHead = head;
            _isListingDue = true;
            DelayDeactivation(AwakeAfterPublish);
        }
    }

    /// <summary>Something came up that can't wait as long as a channel at rest would let it.</summary>
    private void BeatSoon()
    {
        var wanted = BeatWanted();
        if (wanted < _beatEvery)
        {
            SetBeat(wanted);
        }
    }

    private void SetBeat(TimeSpan every)
    {
        if (every != _beatEvery)
        {
            _beatEvery = every;
            _beat.Change(every, every);
        }

        _direct.IsAtRest = every > Beat;
    }

    private TimeSpan BeatWanted()
    {
        if (_isListingDue)
        {
            return Beat;
        }

        using var log = _log.Enter();
        return TimeSpan.FromMilliseconds(Math.Clamp(log.Sessions.NextEnd(Now) - Now, (long)Beat.TotalMilliseconds, (long)RestingBeat.TotalMilliseconds));
    }

    /// <summary>Something is new that the list of channels shows.</summary>
    private void ListSoon()
    {
        _isListingDue = true;
        BeatSoon();
    }

    /// <summary>After a silo came or went the copy is looked at even if nobody publishes: the next crash may be this silo's.</summary>
    private async Task LookAfterReplicaAsync()
    {
        if (_replica is { NeedsLook: true } && _log.Head is > 0 and var head)
        {
            try
            {
                await ReplicateAsync(head + 1, [], []);
            }
            catch (Exception exception)
            {
                Log.NotReplicated(logger, exception, _name);
            }
        }
    }

    /// <summary>Tells the directory when something changed, and now and then so that the listing doesn't run out.</summary>
    private async Task ReportAsync()
    {
        var isListed = IsToBeListed();
        var isRepeatDue = isListed && Now - _listedAt >= IDirectoryGrain.ListingLease.TotalMilliseconds / 3;
        if (isListed == _isListed && !(isListed && _isListingDue) && !isRepeatDue)
        {
            return;
        }

        _isListed = isListed;
        _isListingDue = false;
        _listedAt = Now;
        try
        {
            await GrainFactory.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ReportAsync(State(), isListed);
        }
        catch (Exception exception)
        {
            _isListingDue = true;
            Log.NotListed(logger, exception, _name);
        }
    }

    private bool IsToBeListed()
    {
        using var log = _log.Enter();
        return _options.IsListed && (log.Sessions.IsLive(Now) || log.History.Count > 0);
    }

    /// <summary>Start and end are told to viewers whether or not the storage answers: a running channel outlives its storage.</summary>
    private async Task TryWriteRecordAsync()
    {
        try
        {
            await WriteRecordAsync();
        }
        catch (Exception exception)
        {
            Log.RecordNotWritten(logger, exception, _name);
        }
    }

    /// <summary>One write at a time: the beat runs between other turns, and of two writes at once the storage refuses one, which ends the activation.</summary>
    private Task WriteRecordAsync() => _recordWritten = WriteRecordAfterAsync(_recordWritten);

    private async Task WriteRecordAfterAsync(Task former)
    {
        // Its failure is for those who asked for it.
        await former.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        using (var log = _log.Enter())
        {
            record.State.Epoch = log.Epoch;
        }

        await record.WriteStateAsync();
    }
}
