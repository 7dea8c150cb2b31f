using System.Collections.Concurrent;
using Orleans.Streams;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;
using OrleansRelay.Local;

namespace OrleansRelay.Gateway.Streams;

/// <summary>One channel on this gateway: one subscription, one log a form, all local viewers.</summary>
/// <remarks>
/// <code>
///   the channel's activation, in this process ──Enqueue──▶ bounded queue ──▶ fill what is missing ▶ append to the logs ──▶ fan-out: signal each viewer
///   its stream, from another one ──OnNext──▶               (one at a time, so everything stays in the channel's order)
///   beat ──the head──▶
/// </code>
/// A caller that brings a batch never waits. What the stream lost or the queue had no room for is noticed by the offsets, or by the beat when
/// nothing follows, and read from the channel.
/// </remarks>
internal sealed partial class ChannelFeed : IAsyncObserver<ChannelBatch>, IChannelFollower, IAsyncDisposable
{
    /// <summary>Batches that may wait. What is done with them is encoding, so more than a few wait only while a gap is filled; what is refused is filled too.</summary>
    private const int MaxWaitingBatches = 1024;

    private readonly Audience _audience;
    private readonly FanOut _fanOut;
    private readonly ConcurrentQueue<Arrival> _arrivals = [];
    private readonly SoloRun _applying;
    private readonly IClusterClient _cluster;
    private readonly LocalChannels _locals;
    private readonly LocalChannel _local;
    private readonly ChannelPresences _presences;
    private readonly HistoryReader _history;
    private readonly SharedCall<ChannelState> _state;
    private readonly GatewayMetrics _metrics;
    private readonly ILogger _logger;
    private ChannelPresence? _presence;
    private int _waiting;
    private long _toldHead;
    private volatile bool _isStarted;
    private volatile bool _isOver;

    public ChannelFeed(
        ChannelName channel, IClusterClient cluster, LocalChannels locals, ChannelPresences presences, HistoryReader history, FrameDeflaters deflaters, GatewayMetrics metrics, ILogger<ChannelFeed> logger)
    {
        _audience = new Audience(deflaters);
        (Channel, _cluster, _locals, _presences, _history, _metrics, _logger) = (channel, cluster, locals, presences, history, metrics, logger);
        _fanOut = new FanOut(_audience);
        _applying = new SoloRun(ApplyArrivalsAsync);
        _state = new SharedCall<ChannelState>(() => _cluster.GetGrain<IChannelGrain>(Channel.Value).GetStateAsync());
        _streams = cluster.ServiceProvider.GetKeyedService<IStreamProvider>(ChannelStreams.Provider);
        _local = locals.Follow(channel, this);
    }

    /// <summary>The channel.</summary>
    public ChannelName Channel { get; }

    private Position Next => _audience.Next;

    /// <summary>Subscribes where the channel is in another process, and only then asks for the head: what is published in between is brought, what was before is history.</summary>
    public async Task StartAsync()
    {
        if (NeedsStream)
        {
            await TrySubscribeAsync();
        }

        _presence = _presences.Hold(Channel, presence => presence.ChangeFeeds(+1));
        _metrics.FeedCame();
        var state = await _presences.RenewAsync(_presence);
        _audience.Jump(new Position(state.Epoch, state.Head + 1));
        _audience.Know(state.Life);
        _toldHead = state.Head;
        _presence.Renewed = OnBeat;
        _isStarted = true;
        Run(mayUseThread: false);
    }

    /// <summary>Asks the channel how it is now.</summary>
    public Task<ChannelState> GetStateAsync() => _state.AskAsync();

    /// <summary>Reads history, shared with whoever else reads the same.</summary>
    public Task<EncodedPage> ReadHistoryAsync(long epoch, long fromOffset) => _history.ReadAsync(Channel, epoch, fromOffset);

    /// <summary>Adds a viewer: it is counted, and signalled once it is attached.</summary>
    public void Add(ViewerPump viewer, ViewerFormat format)
    {
        _audience.Add(viewer, format);
        _presence!.ChangeViewers(+1);
    }

    /// <summary>Removes a viewer.</summary>
    public void Remove(ViewerPump viewer, ViewerFormat format)
    {
        _audience.Remove(viewer, format);
        _presence!.ChangeViewers(-1);
    }

    /// <summary>Gives viewers all that the channel has stored by now, before they are closed: what the stream brings may still be on its way.</summary>
    public async Task CatchUpAsync()
    {
        var given = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (TryBring(new Arrival(HeadOf(await GetStateAsync()), given)))
        {
            await given.Task;
        }
    }

    /// <summary>Lets a viewer go on live from a position, if what this gateway holds reaches back to it.</summary>
    /// <param name="viewer">The viewer.</param>
    /// <param name="format">Its form.</param>
    /// <param name="next">The position.</param>
    /// <param name="known">The channel's life as it has been told.</param>
    public bool TryAttach(ViewerPump viewer, ViewerFormat format, Position next, ChannelLife known) => _audience.TryAttach(viewer, format, next, known);

    /// <summary>Orleans calls one observer at a time for all streams of a client, so the work is done elsewhere.</summary>
    public Task OnNextAsync(ChannelBatch item, StreamSequenceToken? token = null)
    {
        // While the channel is here it hands everything over itself; notices would come twice.
        if (_local.Host is null)
        {
            Enqueue(item);
            Run(mayUseThread: false);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Enqueue(ChannelBatch batch)
    {
        if (!TryEnqueue(new Arrival(batch)))
        {
            _metrics.FeedOverflowed();
        }
    }

    /// <inheritdoc/>
    public void Run(bool mayUseThread) => _applying.Tell(mayUseThread);

    /// <inheritdoc/>
    public Task OnErrorAsync(Exception ex)
    {
        // The stream dropped something. The offsets of what follows, or the next beat, tell what.
        Log.StreamLost(_logger, ex, Channel);
        return Task.CompletedTask;
    }

    /// <summary>Unsubscribes, after all that has come.</summary>
    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        _locals.Unfollow(_local, this);
        await _applying.RestingAsync();
        await _fanOut.DisposeAsync();
        if (_presence is not null)
        {
            _presence.Renewed = null;
            _presence.ChangeFeeds(-1);
            _metrics.FeedLeft();
        }

        await UnsubscribeAsync();
    }

    /// <summary>The beat told the channel's head: an empty batch after it has what never came filled in, and idle viewers told their position.</summary>
    private void OnBeat(ChannelState state) => TryBring(new Arrival(HeadOf(state)));

    private static ChannelBatch HeadOf(ChannelState state) => new() { Epoch = state.Epoch, FirstOffset = state.Head + 1, Messages = [], Life = state.Life };

    private bool TryBring(Arrival arrival)
    {
        var isEnqueued = TryEnqueue(arrival);
        Run(mayUseThread: false);
        return isEnqueued;
    }

    private bool TryEnqueue(Arrival arrival)
    {
        if (_isOver || Volatile.Read(ref _waiting) >= MaxWaitingBatches)
        {
            return false;
        }

        // Counted here, because the queue would have to look at all of its parts.
        Interlocked.Increment(ref _waiting);
        _arrivals.Enqueue(arrival);
        return true;
    }

    private async Task ApplyArrivalsAsync()
    {
        // What comes between the subscription and the start waits for the start.
        while (_isStarted && _arrivals.TryDequeue(out var arrival))
        {
            Interlocked.Decrement(ref _waiting);
            try
            {
                await (arrival.Batch is { } batch ? ApplyAsync(batch) : FollowHostAsync());
            }
            catch (Exception exception)
            {
                // The channel can't be reached. The next batch or beat sees the same gap and tries again.
                Log.GapNotFilled(_logger, exception, Channel, Next.Offset);
            }

            if (arrival.Given is { } given)
            {
                _audience.Signal();
                given.SetResult();
            }
        }

        if (_audience.TakeNews())
        {
            _fanOut.Run();
        }
    }

    private async Task ApplyAsync(ChannelBatch batch)
    {
        if (batch.Epoch < Next.Epoch)
        {
            return;
        }

        if (batch.Epoch > Next.Epoch)
        {
            Log.EpochChanged(_logger, Channel, Next.Epoch, batch.Epoch);
            _audience.Jump(new Position(batch.Epoch, 1), Notices.Epoch(batch.Epoch, 1));
        }

        var isBeat = batch.Messages.Length == 0 && batch.Notice == ChannelNotice.None;
        var isBehind = batch.FirstOffset > Next.Offset;
        if (isBehind)
        {
            await FillAsync(batch.FirstOffset - 1);
        }

        if (isBeat)
        {
            await LookAfterSubscriptionAsync(isBehind);
        }
        else
        {
            _silentBeats = 0;
        }

        if (batch.FirstOffset > Next.Offset)
        {
            // Not all of it could be had: to append now would give these messages other offsets. The next beat tries again.
            return;
        }

        if (batch.Notice == ChannelNotice.None && batch.Messages.Length > 0)
        {
            // A notice before these messages was lost. A reset that is told after them would take them along.
            TellLife(batch.Life);
        }

        var known = (int)Math.Clamp(Next.Offset - batch.FirstOffset, 0, batch.Messages.Length);
        Append(batch.Messages.AsSpan(known));
        Tell(batch);
    }

    /// <summary>Reads from the channel what the stream left out.</summary>
    private async Task FillAsync(long toOffset)
    {
        _metrics.GapFilled();
        while (Next.Offset <= toOffset)
        {
            var page = await _cluster.GetGrain<IChannelGrain>(Channel.Value).ReadHistoryAsync(Next.Offset, toOffset);
            if (page.Epoch != Next.Epoch)
            {
                return;
            }

            if (page.Life.ResetVersion > _audience.Life.Version && page.Life.ResetAfter >= Next.Offset)
            {
                // A publisher began anew, and the notice of it is lost or still on its way: what was before is not missing.
                _audience.Jump(Next with { Offset = page.Life.ResetAfter + 1 });
            }

            if (page.Life.ResetAfter < Next.Offset)
            {
                TellLife(page.Life.AtReset());
            }

            if (page.FirstOffset > Next.Offset)
            {
                // What lies between is held no longer: every viewer is told, nobody is left to wait for it.
                var last = Math.Min(page.FirstOffset - 1, toOffset);
                _audience.Jump(new Position(Next.Epoch, last + 1), Notices.Gap(Next.Epoch, Next.Offset, last, "expired"));
            }

            Append(page.Messages);
            if (page.Messages.Length == 0)
            {
                return;
            }
        }
    }

    private void Append(ReadOnlySpan<Message> messages)
    {
        _audience.Append(messages);
        _metrics.FannedOut(messages.Length);
    }

    private void Tell(ChannelBatch batch)
    {
        var head = Next.Offset - 1;
        if (batch.Notice != ChannelNotice.None && batch.Life.Version == 0)
        {
            // From a silo of a former release, whose hello and history know nothing of lives: told as it comes, to those who are here.
            foreach (var notice in Notices.Changes(default, default(ChannelLife).After(batch.Notice, head, now: 0), new Position(Next.Epoch, head)))
            {
                _audience.Tell(notice);
            }
        }
        else if (!TellLife(batch.Life) && batch.Notice == ChannelNotice.None && batch.Messages.Length == 0 && _toldHead == head)
        {
            // A beat, and nothing since the last one: viewers hear where the channel stands.
            _audience.Tell(Notices.Head(new Position(Next.Epoch, head)), head);
        }

        _toldHead = batch.Messages.Length == 0 ? head : _toldHead;
    }

    /// <summary>Tells what has started or ended, if it has not been told: by the notice itself, or by whatever comes after a notice that was lost.</summary>
    private bool TellLife(ChannelLife life)
    {
        var isNew = life.Version > _audience.Life.Version;
        if (isNew)
        {
            _audience.Tell(life);
        }

        return isNew;
    }

    /// <summary>A batch, or null when the channel has moved; and who waits until viewers have been given it.</summary>
    private readonly record struct Arrival(ChannelBatch? Batch, TaskCompletionSource? Given = null);
}
