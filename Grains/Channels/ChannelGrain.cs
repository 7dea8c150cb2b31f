using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;
using Orleans.Streams;
using OrleansRelay.Channels;
using OrleansRelay.Grains.Replication;
using OrleansRelay.Local;

namespace OrleansRelay.Grains.Channels;

/// <summary>The only writer of a channel: gives positions, holds the buffer and the roster, and feeds the stream.</summary>
/// <remarks>
/// The grain's turn is the lock of every field here; the log has a lock of its own, because publishers of this process use it, too. A commit of
/// publishes is appended and put on the stream in one turn, so the stream's order is the buffer's order.
/// </remarks>
[PreferLocalPlacement]
internal sealed partial class ChannelGrain(
    [PersistentState("channel", ChannelStreams.Storage)] IPersistentState<ChannelRecord> record,
    [PersistentState(StoredBuffer.StateName, ChannelStreams.Storage)] IPersistentState<StoredBuffer> stored,
    IOptionsMonitor<ChannelOptions> optionsOfNamespaces,
    IReplicaPlacement placement,
    ChannelMetrics metrics,
    LocalChannels locals,
    TimeProvider time,
    ILogger<ChannelGrain> logger)
    : Grain, IChannelGrain
{
    private ChannelName _name;
    private ChannelOptions _options = null!;
    private ChannelLog _log = null!;
    private DirectPublish _direct = null!;
    private LocalChannel _local = null!;
    private ChannelRoster _roster = null!;
    private ChannelReplica? _replica;

    /// <summary>The way to gateways of other processes; null where there are none.</summary>
    private IAsyncStream<ChannelBatch>? _stream;
    private long _rosterId;
    private bool _isListingDue;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public async Task<PublisherOpened> OpenPublisherAsync(PublisherOpening opening)
    {
        long? session;
        using (var log = _log.Enter())
        {
            session = log.Sessions.Open(opening, _options.Publishers);
            log.Line.ReleaseAll();
        }

        StoreLine();
        await SettleAsync();
        if (session is not null)
        {
            _roster.See(opening.GatewayId, Now);
            await StartAsync(opening.StartsAnew);
        }

        using (var log = _log.Enter())
        {
            return new PublisherOpened
            {
                IsAccepted = session is not null,
                Session = session ?? 0,
                LastSequence = log.Ledger.Find(opening.PublisherId).LastSequence,
                State = State(log),
                NewestSession = log.Sessions.Newest,
            };
        }
    }

    /// <inheritdoc/>
    public Task ClosePublisherAsync(long session, bool isEnd)
    {
        using (var log = _log.Enter())
        {
            log.Sessions.Close(session, isEnd ? null : LeaseEnd());
            log.Line.Close(session);
        }

        BeatSoon();
        return EndIfOverAsync(ChannelNotice.Ended);
    }

    /// <inheritdoc/>
    public Task<ChannelState> RenewGatewayAsync(GatewayLease lease)
    {
        var viewers = _roster.Viewers;
        _roster.Renew(lease, Now);
        using (var log = _log.Enter())
        {
            log.Sessions.Keep(lease.GatewayId, lease.Sessions, LeaseEnd());
        }

        _isListingDue |= viewers != _roster.Viewers;
        BeatSoon();
        return Task.FromResult(State());
    }

    /// <inheritdoc/>
    public Task<HistoryPage> ReadHistoryAsync(long fromOffset, long toOffset)
    {
        using var log = _log.Enter();
        log.Trim(Now);
        var messages = log.History.Read(fromOffset, toOffset, HistoryPage.MaxMessages, HistoryPage.MaxBytes, out var firstOffset);
        return Task.FromResult(new HistoryPage { Epoch = log.Epoch, FirstOffset = firstOffset, Messages = messages, Head = log.History.Head, Life = log.Life });
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
        using (var log = _log.Enter())
        {
            log.Bounds = Bounds();
            log.Trim(Now);
        }

        return WriteRecordAsync();
    }

    /// <summary>When a lease that begins now is over, in milliseconds since 1970.</summary>
    private long LeaseEnd() => Now + (long)_options.PublisherLease.TotalMilliseconds;

    private ChannelState State()
    {
        using var log = _log.Enter();
        return State(log);
    }

    private ChannelState State(ChannelLog.Scope log) => new()
    {
        Channel = _name.Value,
        Epoch = log.Epoch,
        Head = log.History.Head,
        FirstHeld = log.History.FirstHeld,
        HeldBytes = log.History.Bytes,
        IsLive = log.Sessions.IsLive(Now),
        Viewers = _roster.Viewers,
        StartedAt = record.State.StartedAt,
        EndedAt = record.State.EndedAt,
        Life = log.Life,
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

    private HistoryBounds Bounds() => new(
        record.State.Overrides.HistoryMessages ?? _options.HistoryMessages,
        record.State.Overrides.HistoryBytes ?? _options.HistoryBytes,
        _options.HistoryAge);

    /// <summary>A batch that the stream refuses is still in the buffer, where every gateway finds it at its next beat: publishing goes on.</summary>
    private async Task SendAsync(ChannelBatch batch)
    {
        if (_stream is null)
        {
            return;
        }

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
