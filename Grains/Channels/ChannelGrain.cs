using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;
using Orleans.Streams;
using OrleansRelay.Channels;
using OrleansRelay.Grains.Replication;

namespace OrleansRelay.Grains.Channels;

/// <summary>The only writer of a channel: gives positions, holds the buffer and the roster, and feeds the stream.</summary>
/// <remarks>
/// The grain's turn is the lock: every field is read and written inside a turn. A publish appends and puts its batch on the stream
/// before it awaits anything, so the stream's order is the buffer's order.
/// </remarks>
[PreferLocalPlacement]
internal sealed partial class ChannelGrain(
    [PersistentState("channel", ChannelStreams.Storage)] IPersistentState<ChannelRecord> record,
    [PersistentState("buffer", ChannelStreams.Storage)] IPersistentState<StoredBuffer> stored,
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
    public async Task<PublishResult> PublishAsync(PublishRequest request)
    {
        // 1. May this publisher publish?
        var status = request.Session == 0 ? PublishStatus.Stored : _sessions.Check(request.Session);
        if (status != PublishStatus.Stored)
        {
            return new PublishResult { Status = status };
        }

        // 2. What of it is new? Only a publisher with a name has numbers.
        var known = request.PublisherId.Length > 0 ? _ledger.Find(request.PublisherId) : null;
        var skip = 0;
        if (known is { LastSequence: > 0 })
        {
            skip = (int)Math.Clamp(known.LastSequence + 1 - request.FirstSequence, 0, request.Messages.Length);
            status = skip == request.Messages.Length ? PublishStatus.Duplicate
                : request.FirstSequence > known.LastSequence + 1 ? PublishStatus.SequenceGap
                : PublishStatus.Stored;
        }

        if (status == PublishStatus.Stored && request.Messages.Any(message => message.Payload.Length > _options.MaxMessageBytes))
        {
            status = PublishStatus.TooLarge;
        }

        if (status != PublishStatus.Stored)
        {
            metrics.Refused(status);
            return new PublishResult { Status = status, Epoch = _epoch, LastOffset = known?.LastOffset ?? 0, LastSequence = known?.LastSequence ?? 0 };
        }

        if (request.Session == 0)
        {
            await FeedAsync();
        }

        // 3. A second silo first: what viewers have seen must never get another offset. Turns don't interleave here, so the head stays.
        var messages = skip == 0 ? request.Messages : request.Messages[skip..];
        var firstOffset = _history.Head + 1;
        var lastOffset = _history.Head + messages.Length;
        var line = known is null ? null : new PublisherLine
        {
            PublisherId = request.PublisherId,
            LastSequence = request.FirstSequence + request.Messages.Length - 1,
            LastOffset = lastOffset,
            WrittenAt = Now,
        };
        await ReplicateAsync(firstOffset, messages, line);

        // 4. Store it, and put it on the stream in the same turn.
        foreach (var message in messages)
        {
            _history.Append(message);
        }

        Trim();
        if (line is not null)
        {
            _ledger.Write(line);
        }

        _isListingDue = true;
        metrics.Published(messages);
        await SendAsync(new ChannelBatch { Epoch = _epoch, FirstOffset = firstOffset, Messages = messages });
        return new PublishResult { Status = PublishStatus.Stored, Epoch = _epoch, LastOffset = lastOffset, LastSequence = line?.LastSequence ?? 0 };
    }

    /// <inheritdoc/>
    public Task ClosePublisherAsync(long session, bool isEnd)
    {
        _sessions.Close(session, isEnd ? null : Now + (long)_options.PublisherLease.TotalMilliseconds);
        return EndIfOverAsync(ChannelNotice.Ended);
    }

    /// <inheritdoc/>
    public Task<ChannelState> RenewGatewayAsync(GatewayLease lease)
    {
        var viewers = _roster.Viewers;
        _roster.Renew(lease, Now);
        _sessions.Keep(lease.GatewayId, lease.Sessions, Now + (long)_options.PublisherLease.TotalMilliseconds);
        _isListingDue |= viewers != _roster.Viewers;
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
        _isListingDue = true;
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
