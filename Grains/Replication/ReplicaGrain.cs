using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using OrleansRelay.Channels;
using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Grains.Replication;

/// <summary>The second copy of a channel's buffer, in memory.</summary>
internal sealed partial class ReplicaGrain(
    IReplicaPlacement placement,
    IOptionsMonitor<ChannelOptions> optionsOfNamespaces,
    [FromKeyedServices(ChannelStreams.Storage)] IGrainStorage storage,
    IHostApplicationLifetime lifetime,
    ILogger<ReplicaGrain> logger) : Grain, IReplicaGrain
{
    /// <summary>How long a channel that was left to its copy may stay asleep: publishers and viewers wake it sooner.</summary>
    private static readonly TimeSpan WakeAfter = TimeSpan.FromSeconds(1);

    private readonly HistoryRing _history = new();
    private readonly PublisherLedger _ledger = new();
    private ChannelOptions _options = null!;
    private long _owner;
    private long _epoch;
    private bool _isKeeper;
    private IGrainTimer? _waking;

    private IChannelGrain Channel => GrainFactory.GetGrain<IChannelGrain>(this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _options = optionsOfNamespaces.Get(ChannelName.Parse(this.GetPrimaryKeyString()).Namespace);
        return Task.CompletedTask;
    }

    /// <summary>Stores what it keeps alone: the whole cluster stops.</summary>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (!_isKeeper)
        {
            return;
        }

        try
        {
            var channel = Channel.GetGrainId();
            var state = new GrainState<StoredBuffer>();
            await storage.ReadStateAsync(StoredBuffer.StateName, channel, state);
            state.State = StoredBuffer.Of(_epoch, _history, _ledger);
            await storage.WriteStateAsync(StoredBuffer.StateName, channel, state);
        }
        catch (Exception exception)
        {
            // The channel finds no buffer and begins a new epoch, which tells every viewer the truth.
            Log.NotStored(logger, exception, this.GetPrimaryKeyString());
        }
    }

    /// <inheritdoc/>
    public Task<bool> HandOverAsync(long owner, long epoch, long head)
    {
        if (owner < _owner || epoch != _epoch || head != _history.Head || lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Task.FromResult(false);
        }

        _isKeeper = true;
        _waking ??= this.RegisterGrainTimer(WakeAsync, new GrainTimerCreationOptions(WakeAfter, WakeAfter) { Interleave = true });
        return Task.FromResult(true);
    }

    /// <inheritdoc/>
    public Task<ReplicaHolding> TakeOverAsync(long owner)
    {
        _isKeeper = false;
        _waking?.Dispose();
        _waking = null;
        _owner = Math.Max(owner, _owner + 1);
        return Task.FromResult(new ReplicaHolding
        {
            Owner = _owner,
            Epoch = _epoch,
            Head = _history.Head,
            FirstHeld = _history.FirstHeld,
            Publishers = [.. _ledger.Lines],
        });
    }

    /// <inheritdoc/>
    public Task<HistoryPage> ReadAsync(long fromOffset, long toOffset)
    {
        var messages = _history.Read(fromOffset, toOffset, IReplicaGrain.MaxTransferMessages, IReplicaGrain.MaxTransferBytes, out var firstOffset);
        return Task.FromResult(new HistoryPage { Epoch = _epoch, FirstOffset = firstOffset, Messages = messages, Head = _history.Head });
    }

    /// <inheritdoc/>
    public Task<ReplicaAnswer> HoldAsync(ReplicaAppend append)
    {
        if (append.Owner < _owner)
        {
            return Task.FromResult(ReplicaAnswer.Fenced);
        }

        _owner = append.Owner;
        if (append.IsStart)
        {
            _epoch = append.Epoch;
            _history.StartAt(append.FirstOffset - 1);
            _ledger.Clear();
        }

        if (append.Epoch != _epoch || append.FirstOffset > _history.Head + 1)
        {
            return Task.FromResult(ReplicaAnswer.NeedsAll);
        }

        // What a repeated call brings again is here already.
        foreach (var message in append.Messages.AsSpan((int)Math.Min(_history.Head + 1 - append.FirstOffset, append.Messages.Length)))
        {
            _history.Append(message);
        }

        _history.DropBefore(append.FirstHeld);
        foreach (var line in append.Publishers)
        {
            _ledger.Write(line);
        }

        // A copy whose channel never comes back must not stay for ever; one that is written to stays.
        DelayDeactivation(_options.HistoryAge);
        return Task.FromResult(ReplicaAnswer.Held);
    }

    /// <inheritdoc/>
    public Task<string> WhereAsync() => Task.FromResult(placement.Here);

    /// <inheritdoc/>
    public Task RetireAsync(long owner)
    {
        if (owner >= _owner)
        {
            _history.StartAt(0);
            _epoch = 0;
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
    }

    /// <summary>A channel that nobody uses would stay in this one place: awake, it makes a second copy.</summary>
    private async Task WakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Channel.GetStateAsync();
        }
        catch (Exception exception)
        {
            Log.NotWoken(logger, exception, this.GetPrimaryKeyString());
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The buffer of channel {Channel}, which its second copy kept alone, could not be stored; it will come back empty, in a new epoch.", EventName = "ReplicaNotStored")]
        public static partial void NotStored(ILogger logger, Exception exception, string channel);

        [LoggerMessage(2, LogLevel.Warning, "Channel {Channel} was left to its second copy and could not be woken; it is tried again.", EventName = "ChannelNotWoken")]
        public static partial void NotWoken(ILogger logger, Exception exception, string channel);
    }
}
