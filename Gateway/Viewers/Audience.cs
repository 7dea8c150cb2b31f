using OrleansRelay.Channels;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>The viewers of one channel on this gateway, and the logs they read: one for each form that some of them have.</summary>
/// <remarks>
/// One thread at a time appends (the feed's), another may signal (<see cref="FanOut"/>); viewers come and go on any. The lock is held for
/// encoding and for changes of the lists, never for a send.
/// </remarks>
internal sealed class Audience(FrameDeflaters deflaters)
{
    private readonly Lock _gate = new();
    private readonly FrameLog?[] _logs = new FrameLog?[ViewerFormats.Count];
    private readonly int[] _viewersOf = new int[ViewerFormats.Count];
    private readonly List<ViewerPump> _viewers = [];
    private readonly LifeLog _lives = new();
    private ViewerPump[]? _snapshot;
    private int _count;
    private bool _hasNews;

    /// <summary>The position of the next message. Changed by the appending thread only.</summary>
    public Position Next { get; private set; }

    /// <summary>The channel's life as viewers have been told it. Changed by the appending thread only.</summary>
    public ChannelLife Life => _lives.Now;

    /// <summary>How many viewers there are. May be read on any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a viewer to those who are signalled. It gets nothing before <see cref="TryAttach"/>.</summary>
    public void Add(ViewerPump viewer, ViewerFormat format)
    {
        lock (_gate)
        {
            _viewers.Add(viewer);
            _count++;
            _viewersOf[(int)format]++;
            _snapshot = null;
        }
    }

    /// <summary>Removes a viewer, and with the last one of a form that form's log: nobody encodes for nobody.</summary>
    public void Remove(ViewerPump viewer, ViewerFormat format)
    {
        lock (_gate)
        {
            _viewers.Remove(viewer);
            _count--;
            _snapshot = null;
            if (--_viewersOf[(int)format] == 0)
            {
                _logs[(int)format]?.End();
                _logs[(int)format] = null;
            }
        }
    }

    /// <summary>Lets a viewer go on live from a position, if the log of its form reaches back to it. What it has not been told of starts and ends, it is told at the seam.</summary>
    /// <param name="viewer">The viewer.</param>
    /// <param name="format">Its form.</param>
    /// <param name="next">The position.</param>
    /// <param name="known">The channel's life as it has been told.</param>
    public bool TryAttach(ViewerPump viewer, ViewerFormat format, Position next, ChannelLife known)
    {
        lock (_gate)
        {
            var log = _logs[(int)format] ??= new FrameLog(format, Next.Epoch, Next.Offset, deflaters.For(format));
            if (next.Epoch != log.Epoch || !log.TryFind(next.Offset, out var chunk, out var frame))
            {
                return false;
            }

            // What the log tells after the viewer's place in it, it tells this viewer, too.
            var life = next.Offset < log.NextOffset ? _lives.Before(next.Offset) : _lives.Now;
            viewer.Attach(log, chunk, frame, next.Offset, format.HasNotices() ? SeamOf(format, next, known, life) : null, Math.Max(known.Version, life.Version));
        }

        return true;
    }

    /// <summary>What is told between the buffer and what is live.</summary>
    private static byte[] SeamOf(ViewerFormat format, Position next, ChannelLife known, ChannelLife life)
    {
        var head = next with { Offset = next.Offset - 1 };
        return [.. Notices.Changes(known, life, head).Append(Notices.Seam(head)).SelectMany(notice => format.Notice(notice))];
    }

    /// <summary>Appends messages at <see cref="Next"/>, encoded once for each form.</summary>
    public void Append(ReadOnlySpan<Message> messages)
    {
        lock (_gate)
        {
            for (var format = 0; format < _logs.Length; format++)
            {
                _logs[format]?.Append(messages, _viewersOf[format]);
            }

            _hasNews |= messages.Length > 0;

            Next = new Position(Next.Epoch, Next.Offset + messages.Length);
        }
    }

    /// <summary>Goes on at another position, and says why.</summary>
    public void Jump(Position next, byte[]? notice = null)
    {
        lock (_gate)
        {
            if (next.Epoch != Next.Epoch)
            {
                _lives.BeginEpoch();
            }

            Next = next;
            foreach (var log in _logs)
            {
                log?.Jump(next.Epoch, next.Offset);
                if (notice is not null)
                {
                    log?.AppendNotice(notice);
                }
            }

            _hasNews = true;
        }
    }

    /// <summary>The channel's life is another one from here on: tells what has changed.</summary>
    public void Tell(ChannelLife life)
    {
        lock (_gate)
        {
            var head = Next with { Offset = Next.Offset - 1 };
            foreach (var notice in Notices.Changes(Life, life, head))
            {
                Tell(notice, head: null, life.Version);
            }

            _lives.Add(life, head.Offset);
        }
    }

    /// <summary>Sets the life without telling the viewers: the feed starts with it.</summary>
    public void Know(ChannelLife life)
    {
        lock (_gate)
        {
            _lives.Add(life, Next.Offset - 1);
        }
    }

    /// <summary>Appends a notice.</summary>
    /// <param name="notice">The notice.</param>
    /// <param name="head">The channel's head, if the notice means nothing to who is past it.</param>
    /// <param name="life">The version of the life that it tells, 0 for none.</param>
    public void Tell(byte[] notice, long? head = null, long life = 0)
    {
        lock (_gate)
        {
            foreach (var log in _logs)
            {
                if (log is not null)
                {
                    log.AppendNotice(notice, head, life);
                    _hasNews |= log.Format.HasNotices();
                }
            }
        }
    }

    /// <summary>Whether anything was appended since this was asked last. A beat brings nothing for viewers whose form has no notices.</summary>
    /// <remarks>Without it all viewers of a quiet channel are signalled at each beat.</remarks>
    public bool TakeNews()
    {
        lock (_gate)
        {
            var hasNews = _hasNews;
            _hasNews = false;
            return hasNews;
        }
    }

    /// <summary>Has every viewer send what there is. The array of viewers is made anew only after one came or went.</summary>
    public void Signal()
    {
        ViewerPump[] viewers;
        lock (_gate)
        {
            viewers = _snapshot ??= [.. _viewers];
        }

        foreach (var viewer in viewers)
        {
            viewer.Signal();
        }
    }
}
