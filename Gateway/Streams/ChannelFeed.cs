using System.Threading.Channels;
using Orleans.Streams;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Streams;

/// <summary>One channel on this gateway: one subscription, one log a form, all local viewers.</summary>
/// <remarks>
/// <code>
///   stream ──OnNext──▶ bounded queue ──▶ the feed's loop: fill what is missing ▶ append to the logs ▶ signal each viewer
///   beat ──the head──▶        │          (one at a time, so everything stays in the channel's order)
/// </code>
/// The stream's observer serves all channels of the gateway one call at a time, so it only enqueues. What the stream lost or the
/// queue had no room for is noticed by the offsets, or by the beat when nothing follows, and read from the channel.
/// </remarks>
internal sealed partial class ChannelFeed : IAsyncObserver<ChannelBatch>, IAsyncDisposable
{
    /// <summary>Batches that may wait for the loop. It only encodes and signals, so more than a few wait only while a gap is filled; what is refused is filled too.</summary>
    private const int MaxWaitingBatches = 1024;

    private readonly Lock _gate = new();
    private readonly Channel<ChannelBatch> _batches =
        System.Threading.Channels.Channel.CreateBounded<ChannelBatch>(new BoundedChannelOptions(MaxWaitingBatches) { SingleReader = true });
    private readonly FrameLog?[] _logs = new FrameLog?[ViewerFormats.Count];
    private readonly List<ViewerPump> _viewers = [];
    private readonly int[] _viewersOf = new int[ViewerFormats.Count];
    private readonly IClusterClient _cluster;
    private readonly ChannelPresences _presences;
    private readonly HistoryReader _history;
    private readonly GatewayMetrics _metrics;
    private readonly ILogger _logger;
    private ChannelPresence? _presence;
    private ViewerPump[]? _snapshot;
    private Task _loop = Task.CompletedTask;
    private long _epoch;
    private long _next;
    private long _toldHead;

    public ChannelFeed(ChannelName channel, IClusterClient cluster, ChannelPresences presences, HistoryReader history, GatewayMetrics metrics, ILogger<ChannelFeed> logger)
    {
        (Channel, _cluster, _presences, _history, _metrics, _logger) = (channel, cluster, presences, history, metrics, logger);
    }

    /// <summary>The channel.</summary>
    public ChannelName Channel { get; }

    /// <summary>Subscribes, and only then asks for the head: what is published in between comes by the stream, what was before is history.</summary>
    public async Task StartAsync()
    {
        await TrySubscribeAsync();
        _presence = _presences.Hold(Channel, presence => presence.ChangeFeeds(+1));
        var state = await _presences.RenewAsync(_presence);
        (_epoch, _next) = (state.Epoch, state.Head + 1);
        _toldHead = state.Head;
        _presence.Renewed = OnBeat;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Asks the channel how it is now.</summary>
    public Task<ChannelState> GetStateAsync() => _cluster.GetGrain<IChannelGrain>(Channel.Value).GetStateAsync();

    /// <summary>Reads history, shared with whoever else reads the same.</summary>
    public Task<EncodedPage> ReadHistoryAsync(long epoch, long fromOffset) => _history.ReadAsync(Channel, epoch, fromOffset);

    /// <summary>Adds a viewer to those who are signalled and counted. It gets nothing yet.</summary>
    public void Add(ViewerPump viewer, ViewerFormat format)
    {
        lock (_gate)
        {
            _viewers.Add(viewer);
            _viewersOf[(int)format]++;
            _snapshot = null;
        }

        _presence!.ChangeViewers(+1);
    }

    /// <summary>Removes a viewer, and with the last one of a form that form's log: nobody encodes for nobody.</summary>
    public void Remove(ViewerPump viewer, ViewerFormat format)
    {
        lock (_gate)
        {
            _viewers.Remove(viewer);
            _snapshot = null;
            if (--_viewersOf[(int)format] == 0)
            {
                _logs[(int)format] = null;
            }
        }

        _presence!.ChangeViewers(-1);
    }

    /// <summary>Lets a viewer go on live from an offset, if the log of its form reaches back to it.</summary>
    /// <param name="viewer">The viewer.</param>
    /// <param name="format">Its form.</param>
    /// <param name="next">The first message it wants.</param>
    public bool TryAttach(ViewerPump viewer, ViewerFormat format, Position next)
    {
        lock (_gate)
        {
            var log = _logs[(int)format] ??= new FrameLog(format, _epoch, _next);
            if (next.Epoch != log.Epoch || !log.TryFind(next.Offset, out var chunk, out var frame))
            {
                return false;
            }

            var seam = format.HasNotices() ? format.Notice(Notices.Seam(new Position(next.Epoch, next.Offset - 1))) : null;
            viewer.Attach(log, chunk, frame, next.Offset, seam);
        }

        return true;
    }

    /// <inheritdoc/>
    public Task OnNextAsync(ChannelBatch item, StreamSequenceToken? token = null)
    {
        if (!_batches.Writer.TryWrite(item))
        {
            _metrics.FeedOverflowed();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task OnErrorAsync(Exception ex)
    {
        // The stream dropped something. The offsets of what follows, or the next beat, tell what.
        Log.StreamLost(_logger, ex, Channel);
        return Task.CompletedTask;
    }

    /// <summary>Unsubscribes and ends the loop.</summary>
    public async ValueTask DisposeAsync()
    {
        _batches.Writer.TryComplete();
        await _loop;
        if (_presence is not null)
        {
            _presence.Renewed = null;
            _presence.ChangeFeeds(-1);
        }

        await UnsubscribeAsync();
    }

    /// <summary>The beat told the channel's head: an empty batch after it makes the loop fill what never came, and tell idle viewers their position.</summary>
    private void OnBeat(ChannelState state) => _batches.Writer.TryWrite(new ChannelBatch { Epoch = state.Epoch, FirstOffset = state.Head + 1, Messages = [] });

    private async Task RunAsync()
    {
        while (await _batches.Reader.WaitToReadAsync())
        {
            while (_batches.Reader.TryRead(out var batch))
            {
                try
                {
                    await ApplyAsync(batch);
                }
                catch (Exception exception)
                {
                    // The channel can't be reached. The next batch or beat sees the same gap and tries again.
                    Log.GapNotFilled(_logger, exception, Channel, _next);
                }
            }

            foreach (var viewer in Viewers())
            {
                viewer.Signal();
            }
        }
    }

    private async Task ApplyAsync(ChannelBatch batch)
    {
        if (batch.Epoch < _epoch)
        {
            return;
        }

        if (batch.Epoch > _epoch)
        {
            Log.EpochChanged(_logger, Channel, _epoch, batch.Epoch);
            Jump(new Position(batch.Epoch, 1), logs => Tell(logs, Notices.Epoch(batch.Epoch, 1)));
        }

        var isBeat = batch.Messages.Length == 0 && batch.Notice == ChannelNotice.None;
        var isBehind = batch.FirstOffset > _next;
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

        if (batch.FirstOffset > _next)
        {
            // Not all of it could be had: to append now would give these messages other offsets. The next beat tries again.
            return;
        }

        var known = (int)Math.Clamp(_next - batch.FirstOffset, 0, batch.Messages.Length);
        Append(batch.Messages.AsSpan(known));
        TellNotice(batch);
    }

    /// <summary>Reads from the channel what the stream left out.</summary>
    private async Task FillAsync(long toOffset)
    {
        _metrics.GapFilled();
        while (_next <= toOffset)
        {
            var page = await _cluster.GetGrain<IChannelGrain>(Channel.Value).ReadHistoryAsync(_next, toOffset);
            if (page.Epoch != _epoch)
            {
                return;
            }

            if (page.FirstOffset > _next)
            {
                // What lies between is held no longer: every viewer is told, nobody is left to wait for it.
                var (from, to) = (_next, Math.Min(page.FirstOffset - 1, toOffset));
                Jump(new Position(_epoch, to + 1), logs => Tell(logs, Notices.Gap(_epoch, from, to, "expired")));
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
        lock (_gate)
        {
            foreach (var log in _logs)
            {
                log?.Append(messages);
            }

            _next += messages.Length;
        }

        _metrics.FannedOut(messages.Length);
    }

    private void Jump(Position next, Action<FrameLog?[]> tell)
    {
        lock (_gate)
        {
            (_epoch, _next) = (next.Epoch, next.Offset);
            foreach (var log in _logs)
            {
                log?.Jump(next.Epoch, next.Offset);
            }

            tell(_logs);
        }
    }

    private void TellNotice(ChannelBatch batch)
    {
        var head = new Position(_epoch, _next - 1);
        var notice = batch.Notice switch
        {
            ChannelNotice.Started => Notices.Started(head, isReset: false),
            ChannelNotice.Reset => Notices.Started(head, isReset: true),
            ChannelNotice.Ended => Notices.Ended(head, isLost: false),
            ChannelNotice.PublisherLost => Notices.Ended(head, isLost: true),
            // A beat, and nothing since the last one: viewers hear where the channel stands.
            _ when batch.Messages.Length == 0 && _toldHead == head.Offset => Notices.Head(head),
            _ => null,
        };
        _toldHead = batch.Messages.Length == 0 ? head.Offset : _toldHead;
        if (notice is not null)
        {
            lock (_gate)
            {
                Tell(_logs, notice);
            }
        }
    }

    private static void Tell(FrameLog?[] logs, byte[] notice)
    {
        foreach (var log in logs)
        {
            log?.AppendNotice(notice);
        }
    }

    /// <summary>The viewers as they are; the array is made anew only after one came or went.</summary>
    public ViewerPump[] Viewers()
    {
        lock (_gate)
        {
            return _snapshot ??= [.. _viewers];
        }
    }
}
