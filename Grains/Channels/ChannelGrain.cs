using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;
using Orleans.Streams;
using OrleansRelay.Channels;
using OrleansRelay.Grains.Replication;

namespace OrleansRelay.Grains.Channels;

/// <summary>The only writer of a channel: gives positions, holds the buffer and the roster, and feeds the stream.</summary>
/// <remarks>
/// The grain's turn is the lock: every field is read and written inside a turn. A commit of publishes is appended and put on the stream
/// in one turn, so the stream's order is the buffer's order.
/// </remarks>
[PreferLocalPlacement]
internal sealed partial class ChannelGrain(
    [PersistentState("channel", ChannelStreams.Storage)] IPersistentState<ChannelRecord> record,
    [PersistentState(StoredBuffer.StateName, ChannelStreams.Storage)] IPersistentState<StoredBuffer> stored,
    IOptionsMonitor<ChannelOptions> optionsOfNamespaces,
    IReplicaPlacement placement,
    ChannelMetrics metrics,
    TimeProvider time,
    ILogger<ChannelGrain> logger)
    : Grain, IChannelGrain
{
    private readonly HistoryRing _history = new();
    private readonly PublisherLedger _ledger = new();
    private ChannelName _name;
    private ChannelOptions _options = null!;
    private PublisherSessions _sessions = null!;
    private ChannelRoster _roster = null!;
    private ChannelReplica? _replica;
    private IAsyncStream<ChannelBatch> _stream = null!;
    private long _rosterId;
    private long _epoch;
    private bool _isListingDue;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public async Task<PublisherOpened> OpenPublisherAsync(PublisherOpening opening)
    {
        var session = _sessions.Open(opening, _options.Publishers);
        _line.ReleaseAll();
        StoreLine();
        await SettleAsync();
        if (session is not null)
        {
            _roster.See(opening.GatewayId, Now);
            await StartAsync(opening.StartsAnew);
        }

        return new PublisherOpened
        {
            IsAccepted = session is not null,
            Session = session ?? 0,
            LastSequence = _ledger.Find(opening.PublisherId).LastSequence,
            State = State(),
            NewestSession = _sessions.Newest,
        };
    }

    /// <inheritdoc/>
    public Task ClosePublisherAsync(long session, bool isEnd)
    {
        _sessions.Close(session, isEnd ? null : Now + (long)_options.PublisherLease.TotalMilliseconds);
        _line.Close(session);
        BeatSoon();
        return EndIfOverAsync(ChannelNotice.Ended);
    }

    /// <inheritdoc/>
    public Task<ChannelState> RenewGatewayAsync(GatewayLease lease)
    {
        var viewers = _roster.Viewers;
        _roster.Renew(lease, Now);
        _sessions.Keep(lease.GatewayId, lease.Sessions, Now + (long)_options.PublisherLease.TotalMilliseconds);
        _isListingDue |= viewers != _roster.Viewers;
        BeatSoon();
        return Task.FromResult(State());
    }

    /// <inheritdoc/>
    public Task<HistoryPage> ReadHistoryAsync(long fromOffset, long toOffset)
    {
        Trim();
        var messages = _history.Read(fromOffset, toOffset, HistoryPage.MaxMessages, HistoryPage.MaxBytes, out var firstOffset);
        return Task.FromResult(new HistoryPage { Epoch = _epoch, FirstOffset = firstOffset, Messages = messages, Head = _history.Head });
    }

    /// <inheritdoc/>
    public Task<ChannelState> GetStateAsync() => Task.FromResult(State());

    /// <inheritdoc/>
    public Task<MemberClaim> ClaimMemberAsync(string name, string gatewayId) => Task.FromResult(_roster.Claim(name, gatewayId, Now));

    /// <inheritdoc/>
    public Task ReleaseMemberAsync(string name, long member)
    {
        _roster.Release(name, member);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<MemberPage> ListMembersAsync(int skip, int take) => Task.FromResult(_roster.List(skip, take));

    /// <inheritdoc/>
    public Task SetMetadataAsync(ChannelMetadata metadata)
    {
        record.State.Metadata = metadata;
        ListSoon();
        return WriteRecordAsync();
    }

    /// <inheritdoc/>
    public Task SetOverridesAsync(ChannelOverrides overrides)
    {
        record.State.Overrides = overrides;
        Trim();
        return WriteRecordAsync();
    }

    private ChannelState State() => new()
    {
        Channel = _name.Value,
        Epoch = _epoch,
        Head = _history.Head,
        FirstHeld = _history.FirstHeld,
        HeldBytes = _history.Bytes,
        IsLive = _sessions.IsLive(Now),
        Viewers = _roster.Viewers,
        StartedAt = record.State.StartedAt,
        EndedAt = record.State.EndedAt,
        Metadata = record.State.Metadata,
        RosterId = _rosterId,
        Settings = new ChannelSettings
        {
            MaxMessageBytes = _options.MaxMessageBytes,
            ViewerQueueBytes = _options.ViewerQueueBytes,
            ViewerQueueMessages = _options.ViewerQueueMessages,
            SlowViewers = record.State.Overrides.SlowViewers ?? _options.SlowViewers,
        },
    };

    private void Trim() => _history.Trim(
        record.State.Overrides.HistoryMessages ?? _options.HistoryMessages,
        record.State.Overrides.HistoryBytes ?? _options.HistoryBytes,
        notBefore: (Now - (long)_options.HistoryAge.TotalMilliseconds) * 1000);

    /// <summary>A batch that the stream refuses is still in the buffer, where every gateway finds it at its next beat: publishing goes on.</summary>
    private async Task SendAsync(ChannelBatch batch)
    {
        try
        {
            await _stream.OnNextAsync(batch);
        }
        catch (Exception exception)
        {
            Log.StreamRefused(logger, exception, _name, batch.FirstOffset, batch.Messages.Length);
        }
    }
}
