using OrleansRelay.Channels;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>What waits for one viewer: frames of its own first, then everything between its cursor and the end of the log. Here, and nowhere else, a slow viewer is judged.</summary>
/// <remarks>
/// Not thread-safe: its <see cref="ViewerPump"/> guards it with a lock that is never held during a send, so nobody waits for a viewer.
/// It holds a reference into the shared log, not copies. When full: <see cref="ChannelSettings.SlowViewers"/> decides.
/// </remarks>
internal sealed class ViewerQueue(ViewerFormat format, ChannelSettings settings)
{
    private Queue<OwnFrame>? _own;
    private FrameLog? _log;
    private FrameChunk? _chunk;
    private FrameChunk? _taken;
    private int _frame;
    private long _notBefore;
    private long _knownLife;
    private long _epoch;

    /// <summary>The member whose own messages are left out, or 0.</summary>
    public long ExceptSender { get; init; }

    /// <summary>Whether it was judged too slow; it takes nothing of the log any more.</summary>
    public bool IsTooSlow { get; private set; }

    /// <summary>Messages that were skipped by policy.</summary>
    public long Dropped { get; private set; }

    /// <summary>Puts a frame of this viewer's own before what waits in the log.</summary>
    public void AddOwn(OwnFrame frame) => (_own ??= new Queue<OwnFrame>()).Enqueue(frame);

    /// <summary>Begins to read the log at a cursor, whose chunk the caller sees to be held meanwhile.</summary>
    /// <param name="log">The log.</param>
    /// <param name="chunk">The cursor's chunk.</param>
    /// <param name="frame">The cursor's frame.</param>
    /// <param name="notBefore">Messages before this offset are left out.</param>
    /// <param name="knownLife">So is what tells of lives up to this version, before the first message that isn't.</param>
    public void Attach(FrameLog log, FrameChunk chunk, int frame, long notBefore, long knownLife = 0)
    {
        chunk.Hold();
        _chunk?.Release();
        (_log, _chunk, _frame) = (log, chunk, frame);
        (_epoch, _notBefore, _knownLife) = (log.Epoch, notBefore, knownLife);
    }

    /// <summary>Lets go of the log, so that a viewer that is being closed keeps no memory but what is being written.</summary>
    public void Detach()
    {
        _chunk?.Release();
        (_log, _chunk) = (null, null);
    }

    /// <summary>The bytes that were taken last are not read any more.</summary>
    public void Written()
    {
        // While the cursor is in the same chunk, letting go would only mean to hold it again with the next bytes.
        if (_taken != _chunk)
        {
            _taken?.Release();
            _taken = null;
        }
    }

    /// <summary>Takes the next bytes to send: whole frames, as many as lie side by side. They stay as they are until <see cref="Written"/>.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> bytes, out TaskCompletionSource? sent)
    {
        sent = null;
        if (_own?.TryDequeue(out var own) == true)
        {
            (bytes, sent) = (own.Bytes, own.Sent);
            return true;
        }

        while (_chunk is { } chunk)
        {
            // Next is read before the count: once a chunk has a next one its count is final.
            var next = chunk.Next;
            var end = chunk.FrameCount;
            if (_frame < end)
            {
                var from = _frame;
                _frame = RunFrom(chunk, ref from, end);
                if (from < _frame)
                {
                    bytes = chunk.Bytes(from, _frame);
                    if (_taken != chunk)
                    {
                        chunk.Hold();
                        _taken?.Release();
                        _taken = chunk;
                    }

                    return true;
                }
            }
            else if (next is not null)
            {
                MoveTo(next);
            }
            else
            {
                break;
            }
        }

        bytes = default;
        return false;
    }

    /// <summary>Judges a viewer whose send is under way: what waits for it must be within its bounds.</summary>
    /// <returns>True when it has just become too slow and must be closed.</returns>
    public bool Judge()
    {
        if (_log is null || _chunk is null)
        {
            return false;
        }

        var waitingBytes = _log.EndByte - (_chunk.FirstByte + _chunk.StartOf(_frame));
        var waitingFrames = _log.EndFrame - (_chunk.FirstFrame + _frame);
        if (waitingFrames <= 1 || (waitingBytes <= settings.ViewerQueueBytes && waitingFrames <= settings.ViewerQueueMessages))
        {
            return false;
        }

        switch (settings.SlowViewers)
        {
            case SlowViewerPolicy.DropOldest:
                // To half the bounds, so that the next message doesn't judge it again.
                SkipWhile((bytes, frames) => bytes > settings.ViewerQueueBytes / 2 || frames > Math.Max(1, settings.ViewerQueueMessages / 2));
                return false;
            case SlowViewerPolicy.LatestOnly:
                SkipWhile((_, frames) => frames > 1);
                return false;
            default:
                IsTooSlow = true;
                Detach();
                return true;
        }
    }

    /// <summary>Finds the next run of frames that this viewer gets.</summary>
    private int RunFrom(FrameChunk chunk, ref int from, int end)
    {
        if (ExceptSender == 0 && _notBefore == 0)
        {
            return end;
        }

        while (from < end && IsLeftOut(chunk, from))
        {
            from++;
        }

        var to = from;
        while (to < end && !IsLeftOut(chunk, to))
        {
            to++;
        }

        if (to > from && (chunk[to - 1].Offset >= _notBefore || chunk.Epoch != _epoch))
        {
            // Offsets only rise: from here on no frame has to be looked at for this.
            _notBefore = 0;
        }

        return to;
    }

    private void MoveTo(FrameChunk next)
    {
        next.Hold();
        _chunk!.Release();
        (_chunk, _frame) = (next, 0);
    }

    private bool IsLeftOut(FrameChunk chunk, int index)
    {
        var frame = chunk[index];
        if (frame.Offset <= 0)
        {
            // History may bring a viewer here further than the log is: a head that it has passed would send its position back, and what it knows
            // of starts and ends must not be told as news.
            return (frame.Offset < 0 && -frame.Offset < _notBefore && chunk.Epoch == _epoch) || (frame.Source > 0 && frame.Source <= _knownLife);
        }

        return (frame.Offset < _notBefore && chunk.Epoch == _epoch) || (ExceptSender != 0 && frame.Source == ExceptSender);
    }

    private void SkipWhile(Func<long, long, bool> isTooMuch)
    {
        long epoch = 0, first = 0, last = 0;
        List<OwnFrame> notices = [];
        while (_chunk is { } chunk && isTooMuch(_log!.EndByte - (chunk.FirstByte + chunk.StartOf(_frame)), _log.EndFrame - (chunk.FirstFrame + _frame)))
        {
            if (_frame == chunk.FrameCount)
            {
                if (chunk.Next is not { } next)
                {
                    break;
                }

                MoveTo(next);
                continue;
            }

            if (chunk[_frame].Offset is not (> 0 and var offset))
            {
                // Messages may be dropped; that the stream ended, or began a new epoch, may not.
                notices.Add(new OwnFrame(chunk.Bytes(_frame, _frame + 1).ToArray(), Sent: null));
            }
            else if (!IsLeftOut(chunk, _frame))
            {
                if (chunk.Epoch != epoch || offset != last + 1)
                {
                    // Offsets of two epochs, or on both sides of another gap, don't make one gap.
                    TellSkipped(epoch, first, last, notices);
                    (epoch, first) = (chunk.Epoch, offset);
                }

                last = offset;
                Dropped++;
            }

            _frame++;
        }

        TellSkipped(epoch, first, last, notices);
    }

    private void TellSkipped(long epoch, long first, long last, List<OwnFrame> notices)
    {
        if (first > 0 && format.HasNotices())
        {
            AddOwn(new OwnFrame(format.Notice(Notices.Gap(epoch, first, last, "slow")), Sent: null));
        }

        notices.ForEach(AddOwn);
        notices.Clear();
    }

    /// <summary>Bytes for this viewer alone, and who waits until they are sent.</summary>
    public readonly record struct OwnFrame(ReadOnlyMemory<byte> Bytes, TaskCompletionSource? Sent);
}
