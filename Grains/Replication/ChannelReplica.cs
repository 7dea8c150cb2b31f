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
    /// <param name="log">The log that takes what the copy holds, if the copy is newer. No other caller uses it yet.</param>
    /// <param name="epoch">The epoch of what is in <paramref name="log"/>, 0 for nothing.</param>
    /// <returns>Whether the copy was newer.</returns>
    public async Task<bool> TakeOverAsync(long owner, ChannelLog log, long epoch)
    {
        ReplicaHolding holding;
        using (placement.CreateElsewhere(channel.Value))
        {
            holding = await Grain.TakeOverAsync(owner);
        }

        _owner = holding.Owner;
        if (holding.Epoch == 0 || (holding.Epoch, holding.Head).CompareTo((epoch, log.Head)) <= 0)
        {
            return false;
        }

        using (var held = log.Enter())
        {
            held.Epoch = holding.Epoch;
            held.History.StartAt(holding.FirstHeld - 1);
            foreach (var line in holding.Publishers)
            {
                held.Ledger.Write(line);
            }
        }

        while (log.Head < holding.Head)
        {
            var page = await Grain.ReadAsync(log.Head + 1, holding.Head);
            using var held = log.Enter();
            foreach (var message in page.Messages)
            {
                held.History.Append(message);
            }
        }

        return true;
    }

    /// <summary>Holds messages on another silo before the channel takes them.</summary>
    /// <param name="log">The channel as it is, for a copy that has to be made anew.</param>
    /// <param name="firstOffset">The offset of the first message.</param>
    /// <param name="messages">The messages.</param>
    /// <param name="lines">What is stored of their publishers with them.</param>
    /// <returns>False when the channel belongs to somebody else now.</returns>
    /// <exception cref="TimeoutException">No silo could be made to hold them.</exception>
    public async Task<bool> HoldAsync(ChannelLog log, long firstOffset, Message[] messages, PublisherLine[] lines)
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
                    if (await TryHoldAsync(log, firstOffset, messages, lines) is { } isOwner)
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
                    _isInDoubt |= messages.Length > 0;
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
    public async Task<bool> TryHandOverAsync(ChannelLog log)
    {
        await _line;
        try
        {
            return placement.HasOtherSilo
                && await TryHoldAsync(log, log.Head + 1, [], []).WaitAsync(HandOverWithin, time) == true
                && await Grain.HandOverAsync(_owner, log.Epoch, log.Head).WaitAsync(HandOverWithin, time);
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
    private async Task<bool?> TryHoldAsync(ChannelLog log, long firstOffset, Message[] messages, PublisherLine[] lines)
    {
        var version = placement.Version;
        if (!_isComplete || version != _seenVersion)
        {
            if (!await MakeCompleteAsync(log))
            {
                return null;
            }
        }

        var answer = await Grain.HoldAsync(Append(log, firstOffset, messages, lines));
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
    private async Task<bool> MakeCompleteAsync(ChannelLog log)
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
            var answer = await Grain.HoldAsync(Append(log, log.Head + 1, [], []));
            if (answer != ReplicaAnswer.NeedsAll)
            {
                _isComplete = answer == ReplicaAnswer.Held;
                return true;
            }
        }

        var (next, isStart) = (0L, true);
        do
        {
            var part = NextPart(log, next, isStart);
            if (await Grain.HoldAsync(part) == ReplicaAnswer.Fenced)
            {
                return true;
            }

            (next, isStart) = (part.FirstOffset + part.Messages.Length, false);
        }
        while (next <= log.Head);

        (_isComplete, _isInDoubt) = (true, false);
        return true;
    }

    private ReplicaAppend NextPart(ChannelLog log, long fromOffset, bool isStart)
    {
        using var held = log.Enter();
        var messages = held.History.Read(fromOffset, held.History.Head, IReplicaGrain.MaxTransferMessages, IReplicaGrain.MaxTransferBytes, out var first);
        return Append(held, first, messages, isStart ? [.. held.Ledger.Lines] : [], isStart);
    }

    private ReplicaAppend Append(ChannelLog log, long firstOffset, Message[] messages, PublisherLine[] lines)
    {
        using var held = log.Enter();
        return Append(held, firstOffset, messages, lines, isStart: false);
    }

    private ReplicaAppend Append(ChannelLog.Scope held, long firstOffset, Message[] messages, PublisherLine[] lines, bool isStart) => new()
    {
        Owner = _owner,
        Epoch = held.Epoch,
        FirstOffset = firstOffset,
        Messages = messages,
        FirstHeld = held.History.FirstHeld,
        Publishers = lines,
        IsStart = isStart,
    };
}
