using OrleansRelay.Channels;
using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Grains.Replication;

/// <summary>A channel's side of its second copy: keeps it complete, on another silo, and knows when the channel belongs to somebody else.</summary>
/// <remarks>
/// The channel's messages are held there before they are given to viewers. Were viewers first, a crash in between would give the same
/// offset to another message, and two viewers would see two orders. It costs one call between silos for each batch: measured, half a
/// millisecond.
/// </remarks>
internal sealed class ChannelReplica(ChannelName channel, IGrainFactory grains, IReplicaPlacement placement, TimeProvider time)
{
    /// <summary>How long a publish waits for a copy while there are silos to hold one. A dead silo is noticed in 2 s.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(8);

    /// <summary>How long a stopping silo waits for a copy's answer before it stores the buffer itself.</summary>
    private static readonly TimeSpan HandOverWithin = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    // The beat and a publish may both want the copy; they take turns. Completes when the last one in the line is done.
    private Task _line = Task.CompletedTask;
    private long _owner;
    private long _seenVersion = -1;
    private bool _isComplete;

    // A call was given up whose messages the copy may hold or not: what is there can't be told from what comes next under the same offsets.
    private bool _isInDoubt;

    private IReplicaGrain Grain => grains.GetGrain<IReplicaGrain>(channel.Value);

    /// <summary>Whether the cluster has changed since the copy was last found well.</summary>
    public bool NeedsLook => placement.HasOtherSilo && placement.Version != _seenVersion;

    /// <summary>Becomes the owner, and reads what the copy holds.</summary>
    /// <param name="owner">A number that grows with each activation.</param>
    /// <param name="history">Where the messages go, if the copy is newer than what is there.</param>
    /// <param name="epoch">The epoch of what is in <paramref name="history"/>, 0 for nothing.</param>
    /// <returns>What was held, or null when it is not newer.</returns>
    public async Task<ReplicaHolding?> TakeOverAsync(long owner, HistoryRing history, long epoch)
    {
        ReplicaHolding holding;
        using (placement.CreateElsewhere(channel.Value))
        {
            holding = await Grain.TakeOverAsync(owner);
        }

        _owner = holding.Owner;
        if (holding.Epoch == 0 || (holding.Epoch, holding.Head).CompareTo((epoch, history.Head)) <= 0)
        {
            return null;
        }

        history.StartAt(holding.FirstHeld - 1);
        while (history.Head < holding.Head)
        {
            var page = await Grain.ReadAsync(history.Head + 1, holding.Head);
            foreach (var message in page.Messages)
            {
                history.Append(message);
            }
        }

        return holding;
    }

    /// <summary>Holds messages on another silo before the channel takes them.</summary>
    /// <param name="history">The buffer as it is, for a copy that has to be made anew.</param>
    /// <param name="ledger">What is stored of publishers, likewise.</param>
    /// <param name="append">The messages.</param>
    /// <returns>False when the channel belongs to somebody else now.</returns>
    /// <exception cref="TimeoutException">No silo could be made to hold them.</exception>
    public async Task<bool> HoldAsync(HistoryRing history, PublisherLedger ledger, ReplicaAppend append)
    {
        var former = _line;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _line = done.Task;
        await former;
        try
        {
            var startedAt = time.GetTimestamp();
            while (true)
            {
                if (!placement.HasOtherSilo)
                {
                    // The last silo: there is nowhere to put a copy, and refusing to serve would help nobody.
                    _isComplete = false;
                    return true;
                }

                try
                {
                    if (await TryHoldAsync(history, ledger, append) is { } isOwner)
                    {
                        return isOwner;
                    }
                }
                catch (Exception exception) when (exception is not ArgumentException)
                {
                    // Its silo is going or gone: the next try makes another copy.
                    _isComplete = false;
                }

                if (time.GetElapsedTime(startedAt) > GiveUpAfter)
                {
                    _isInDoubt |= append.Messages.Length > 0;
                    throw new TimeoutException($"No other silo could be made to hold a copy of channel {channel} within {GiveUpAfter}.");
                }

                await Task.Delay(RetryAfter, time, CancellationToken.None);
            }
        }
        finally
        {
            done.SetResult();
        }
    }

    /// <summary>Leaves the channel to its copy, for this silo stops.</summary>
    /// <returns>False when there is no copy that can keep it: then the buffer has to be stored.</returns>
    public async Task<bool> TryHandOverAsync(HistoryRing history, PublisherLedger ledger, long epoch)
    {
        await _line;
        try
        {
            return placement.HasOtherSilo
                && await TryHoldAsync(history, ledger, Part(history, epoch, history.Head + 1, [], [], isStart: false)).WaitAsync(HandOverWithin, time) == true
                && await Grain.HandOverAsync(_owner, epoch, history.Head).WaitAsync(HandOverWithin, time);
        }
        catch (Exception)
        {
            // Its silo is going or gone, too.
            return false;
        }
    }

    /// <summary>Lets the copy go; the buffer is stored elsewhere.</summary>
    public Task RetireAsync() => Grain.RetireAsync(_owner);

    /// <returns>Whether the caller is still the owner; null when the copy must be made again.</returns>
    private async Task<bool?> TryHoldAsync(HistoryRing history, PublisherLedger ledger, ReplicaAppend append)
    {
        var version = placement.Version;
        if (!_isComplete || version != _seenVersion)
        {
            if (!await MakeCompleteAsync(history, ledger, append.Epoch))
            {
                return null;
            }
        }

        var answer = await Grain.HoldAsync(new ReplicaAppend
        {
            Owner = _owner,
            Epoch = append.Epoch,
            FirstOffset = append.FirstOffset,
            Messages = append.Messages,
            FirstHeld = append.FirstHeld,
            Publishers = append.Publishers,
        });
        _isComplete = answer == ReplicaAnswer.Held;
        _seenVersion = _isComplete ? version : -1;
        return answer switch
        {
            ReplicaAnswer.Held => true,
            ReplicaAnswer.Fenced => false,
            _ => null,
        };
    }

    /// <summary>Makes sure that the copy is on another silo and holds all that the channel holds.</summary>
    private async Task<bool> MakeCompleteAsync(HistoryRing history, PublisherLedger ledger, long epoch)
    {
        using (placement.CreateElsewhere(channel.Value))
        {
            if (await Grain.WhereAsync() == placement.Here)
            {
                // After a crash the channel often wakes where its copy was.
                await Grain.RetireAsync(_owner);
                return false;
            }
        }

        // An empty hold tells whether all up to the head is there already.
        if (!_isInDoubt)
        {
            var answer = await Grain.HoldAsync(Part(history, epoch, history.Head + 1, [], [], isStart: false));
            if (answer != ReplicaAnswer.NeedsAll)
            {
                _isComplete = answer == ReplicaAnswer.Held;
                return true;
            }
        }

        var isStart = true;
        for (var next = history.FirstHeld; isStart || next <= history.Head;)
        {
            var messages = history.Read(next, history.Head, IReplicaGrain.MaxTransferMessages, IReplicaGrain.MaxTransferBytes, out var first);
            if (await Grain.HoldAsync(Part(history, epoch, first, messages, isStart ? [.. ledger.Lines] : [], isStart)) == ReplicaAnswer.Fenced)
            {
                return true;
            }

            isStart = false;
            next = first + messages.Length;
        }

        (_isComplete, _isInDoubt) = (true, false);
        return true;
    }

    private ReplicaAppend Part(HistoryRing history, long epoch, long firstOffset, Message[] messages, PublisherLine[] publishers, bool isStart) => new()
    {
        Owner = _owner,
        Epoch = epoch,
        FirstOffset = firstOffset,
        Messages = messages,
        FirstHeld = history.FirstHeld,
        Publishers = publishers,
        IsStart = isStart,
    };
}
