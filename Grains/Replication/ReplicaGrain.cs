using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Grains.Replication;

/// <summary>The second copy of a channel's buffer, in memory.</summary>
internal sealed class ReplicaGrain(IReplicaPlacement placement, IOptionsMonitor<ChannelOptions> optionsOfNamespaces) : Grain, IReplicaGrain
{
    private readonly HistoryRing _history = new();
    private readonly PublisherLedger _ledger = new();
    private ChannelOptions _options = null!;
    private long _owner;
    private long _epoch;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _options = optionsOfNamespaces.Get(ChannelName.Parse(this.GetPrimaryKeyString()).Namespace);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<ReplicaHolding> TakeOverAsync(long owner)
    {
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
        var messages = _history.Read(fromOffset, toOffset, HistoryPage.MaxMessages, HistoryPage.MaxBytes, out var firstOffset);
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
}
