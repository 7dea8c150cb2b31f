using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Streams;
using OrleansRelay.Gateway.Wire;
using OrleansRelay.Local;

namespace OrleansRelay.Gateway.Ingest;

/// <summary>One publisher's way into its channel: what it offers is sent at once, a few calls at a time, and what arrives meanwhile goes with the next.</summary>
/// <remarks>
/// <code>
///   offer ──▶ waiting (bounded by bytes) ──▶ calls under way (bounded) ──▶ stored: acknowledge, in order
///                                             └─ lost: same call again, recognised by (publisher, sequence)
/// </code>
/// Calls between processes overtake each other: measured on Orleans, 65 % of them did. So each says whether the one before it may still
/// be on its way, and the channel puts them in order.
/// </remarks>
internal sealed partial class PublisherSession : IAsyncDisposable
{
    private readonly SoloRun _sending;
    private readonly Queue<(Message Message, long Sequence)> _waiting = [];
    private readonly TaskCompletionSource<CloseCode?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _reopening = new(1);
    private readonly SemaphoreSlim _window;
    private readonly IChannelGrain _grain;
    private readonly LocalChannels _locals;
    private readonly ChannelPresences _presences;
    private readonly IngestTotals _totals;
    private readonly AnswerWatch _watch;
    private readonly IngestOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private ChannelPresence? _presence;

    /// <summary>Completes when everything sent so far is stored.</summary>
    private Task _stored = Task.CompletedTask;
    private long _expected;
    private volatile bool _isFinished;
    private TaskCompletionSource? _room;
    private long _session;
    private long _firstSession;
    private long _bytesUnderWay;
    private int _untold;
    private long _nextSequence;

    public PublisherSession(
        ChannelName channel, string publisherId, IGrainFactory grains, LocalChannels locals, ChannelPresences presences, IngestTotals totals, AnswerWatch watch, IOptions<IngestOptions> options, TimeProvider time, ILogger<PublisherSession> logger)
    {
        (Channel, PublisherId) = (channel, publisherId);
        (_locals, _presences, _totals, _watch, _options, _time, _logger) = (locals, presences, totals, watch, options.Value, time, logger);
        _grain = grains.GetGrain<IChannelGrain>(channel.Value);
        _window = new SemaphoreSlim(_options.CallsUnderWay);
        _sending = new SoloRun(SendWaitingAsync);
    }

    /// <summary>The channel.</summary>
    public ChannelName Channel { get; }

    /// <summary>Who publishes.</summary>
    public string PublisherId { get; }

    /// <summary>Called with each answer that says what is stored.</summary>
    public Action<PublishResult>? Acknowledged { get; set; }

    /// <summary>Completes when nothing more can be published: with the code to close the publisher with, or null after <see cref="FinishAsync"/>.</summary>
    public Task<CloseCode?> Ended => _ended.Task;

    /// <summary>Opens the channel and begins to send.</summary>
    /// <returns>The channel's answer; when it doesn't accept, the session is over.</returns>
    public Task<PublisherOpened> OpenAsync(bool startsAnew) => OpenAsync(startsAnew, CancellationToken.None);

    /// <summary>Opens the channel and begins to send, unless the publisher has gone before it could take the channel over.</summary>
    /// <returns>The channel's answer; when it doesn't accept, the session is over.</returns>
    /// <exception cref="OperationCanceledException">The token says that the publisher has gone: a gateway that stood still finds requests of long ago.</exception>
    public async Task<PublisherOpened> OpenAsync(bool startsAnew, CancellationToken cancellationToken)
    {
        // An opening that comes late must not take over who came in the meantime, so it names the newest session that it may replace.
        var opened = await OpenOnceAsync(startsAnew, after: 0);
        for (long after = 0; !opened.IsAccepted && opened.NewestSession > after;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            after = opened.NewestSession;
            opened = await OpenOnceAsync(startsAnew, after);
        }

        if (opened.IsAccepted)
        {
            _nextSequence = opened.LastSequence + 1;
        }
        else
        {
            _ended.TrySetResult(CloseCode.ChannelBusy);
        }

        return opened;
    }

    /// <summary>Offers a message, numbered by the session.</summary>
    /// <returns>Completes when there is room for another one: the caller stops reading its socket until then.</returns>
    public ValueTask OfferAsync(Message message) => OfferAsync(message, _nextSequence);

    /// <summary>Offers a message with the publisher's own number.</summary>
    public ValueTask OfferAsync(Message message, long sequence)
    {
        var room = GatherAsync(message, sequence);
        Flush();
        return room;
    }

    /// <summary>Offers a message that others may follow at once; it goes with them, or with <see cref="Flush"/>.</summary>
    public ValueTask GatherAsync(Message message) => GatherAsync(message, _nextSequence);

    /// <summary>The same with the publisher's own number.</summary>
    /// <remarks>Were it sent with the first message of a burst, that would travel alone and every call carry a few. Measured flat out, 64 B to 1,000 viewers: 1.6 to 2.1 times the floor program's CPU before, 1.24 with it.</remarks>
    public ValueTask GatherAsync(Message message, long sequence)
    {
        _nextSequence = sequence + 1;
        Task? room = null;
        bool isEnough;
        lock (_gate)
        {
            _waiting.Enqueue((message, sequence));
            _bytesUnderWay += message.Payload.Length;
            isEnough = ++_untold >= _options.BatchMessages || _bytesUnderWay > _options.BatchBytes;
            if (_bytesUnderWay > _options.InFlightBytes)
            {
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }
        }

        if (isEnough || room is not null)
        {
            Flush();
        }

        return room is null ? ValueTask.CompletedTask : new ValueTask(Task.WhenAny(room, Ended));
    }

    /// <summary>Nothing more is at hand: what was gathered is sent.</summary>
    public void Flush() => _sending.Tell();

    /// <summary>Sends what waits, then closes the channel.</summary>
    /// <param name="isEnd">True: the stream is over. False: the publisher may come back.</param>
    public async Task FinishAsync(bool isEnd)
    {
        Flush();
        await _sending.RestingAsync();
        await _stored;
        _isFinished = true;
        _ended.TrySetResult(null);
        if (_presence is null)
        {
            return;
        }

        _presence.RemoveSession(_session);
        _presence = null;
        try
        {
            await _grain.ClosePublisherAsync(_session, isEnd);
        }
        catch (Exception exception)
        {
            // The lease ends it.
            Log.NotClosed(_logger, exception, Channel);
        }
    }

    /// <summary>Gives up what still waits. For a session that <see cref="FinishAsync"/> has closed it changes nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await FinishAsync(isEnd: false);
        _stop.Dispose();
        _reopening.Dispose();
        _window.Dispose();
    }

    private async Task<PublisherOpened> OpenOnceAsync(bool startsAnew, long after)
    {
        var opened = await _grain.OpenPublisherAsync(new PublisherOpening
        {
            PublisherId = PublisherId,
            GatewayId = _presences.GatewayId,
            StartsAnew = startsAnew,
            FirstSession = _firstSession,
            After = after,
        });
        _presence?.RemoveSession(_session);
        _presence = null;
        if (opened.IsAccepted)
        {
            _session = opened.Session;
            _firstSession = _firstSession > 0 ? _firstSession : _session;
            _presence = _presences.Hold(Channel, presence => presence.AddSession(_session));
        }

        return opened;
    }

    private void MakeRoom(long bytes)
    {
        lock (_gate)
        {
            _bytesUnderWay -= bytes;
            if (_bytesUnderWay <= _options.InFlightBytes)
            {
                _room?.TrySetResult();
                _room = null;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Channel {Channel} could not be published to for {Elapsed}; trying again: {Why}", EventName = "PublishRetried")]
        public static partial void Retrying(ILogger logger, ChannelName channel, TimeSpan elapsed, string why);

        [LoggerMessage(2, LogLevel.Error, "Channel {Channel} could not be published to for too long; its publisher is asked to come back.", EventName = "PublishFailed")]
        public static partial void Failed(ILogger logger, Exception exception, ChannelName channel);

        [LoggerMessage(3, LogLevel.Warning, "Channel {Channel} could not be told that its publisher closed; its lease ends it.", EventName = "PublisherNotClosed")]
        public static partial void NotClosed(ILogger logger, Exception exception, ChannelName channel);
    }
}
