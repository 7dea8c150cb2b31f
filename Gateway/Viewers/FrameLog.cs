using System.Buffers;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>The live end of one channel in one form: each message encoded once, read by every viewer at its own place.</summary>
/// <remarks>
/// A viewer is a cursor into this log, not a queue of its own: what waits for a viewer is what lies between its cursor and the end, and
/// goes out in one write. Appending is the feed's alone, one thread at a time. Measured by the trial behind this design: 50 times as many
/// deliveries a second of 64 B as one send for each message.
/// </remarks>
internal sealed class FrameLog
{
    /// <summary>
    /// A chunk starts small, because most channels are quiet. While messages come several at a time the next one is twice as large, up to a
    /// multiple of what one write carries: what lies on both sides of a border takes two. 64 messages of 512 B are 33 KB, so with 64 KiB
    /// every second write was two, now every eighth. While they come one by one, 64 of them are enough.
    /// </summary>
    private const int FirstChunkBytes = 4 * 1024;
    private const int LargestChunkBytes = 256 * 1024;
    private const int LoneFrames = 64;

    /// <summary>The pool's arrays have 16 at least.</summary>
    private const int FewestFrames = 16;

    /// <summary>Bytes behind the end that newcomers may still start at. Any viewer's own cursor keeps what it needs beyond that.</summary>
    private const int RetainedBytes = 256 * 1024;

    /// <summary>
    /// Frames as large as this, for as many viewers, are kept in pages that the kernel shares among the viewers' sockets (<see cref="MemoryFile"/>)
    /// instead of copying them for each. Measured with 80 KiB to 50 viewers: 25 instead of 28 µs a delivery. With 32 KiB and less nothing is
    /// gained, and to few viewers the pages cost more than their sends save.
    /// </summary>
    public const int SharedFrameBytes = 64 * 1024;
    private const int SharingViewers = 32;

    private readonly ArrayBufferWriter<byte> _encoded = new();
    private readonly FrameDeflater? _deflater;

    /// <summary>Whether a frame is its head and the payload as it came.</summary>
    private readonly bool _isHeadAndPayload;
    private FrameChunk _oldest;
    private FrameChunk _tail;
    private int _chunkBytes = FirstChunkBytes;
    private int _appendsToTail;
    private long _endByte;
    private long _endFrame;

    /// <param name="format">The form.</param>
    /// <param name="epoch">The epoch of what comes next.</param>
    /// <param name="nextOffset">The offset of the first message to be appended.</param>
    /// <param name="deflater">Compresses each message, once for all, where the form is compressed.</param>
    public FrameLog(ViewerFormat format, long epoch, long nextOffset, FrameDeflater? deflater = null)
    {
        (Format, Epoch, NextOffset, _deflater) = (format, epoch, nextOffset, deflater);
        _isHeadAndPayload = format != ViewerFormat.Sse && deflater is null;
        _oldest = _tail = new FrameChunk(FirstChunkBytes, FewestFrames, epoch, firstByte: 0, firstFrame: 0);
    }

    /// <summary>The form.</summary>
    public ViewerFormat Format { get; }

    /// <summary>The offset of the next message.</summary>
    public long NextOffset { get; private set; }

    /// <summary>The epoch of the next message.</summary>
    public long Epoch { get; private set; }

    /// <summary>All bytes ever appended. May be read on any thread.</summary>
    public long EndByte => Volatile.Read(ref _endByte);

    /// <summary>All frames ever appended. May be read on any thread.</summary>
    public long EndFrame => Volatile.Read(ref _endFrame);

    /// <summary>Encodes and appends messages that begin at <see cref="NextOffset"/>.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="viewers">How many read the log.</param>
    public void Append(ReadOnlySpan<Message> messages, int viewers = 1)
    {
        _appendsToTail++;
        Span<byte> head = stackalloc byte[ViewerFormats.MaxHeadBytes];
        foreach (ref readonly var message in messages)
        {
            var position = new Position(Epoch, NextOffset);
            if (_isHeadAndPayload)
            {
                Append(head[..Format.WriteHead(head, message, position)], message.Payload.Span, NextOffset, message.Sender, viewers);
            }
            else
            {
                _encoded.ResetWrittenCount();
                Format.Write(_encoded, message, position);
                Append(_deflater is null ? _encoded.WrittenSpan : _deflater.Shrink(_encoded.WrittenMemory), default, NextOffset, message.Sender, viewers);
            }

            NextOffset++;
        }

        Forget();
    }

    /// <summary>Appends a notice where the form has notices.</summary>
    /// <param name="json">The notice.</param>
    /// <param name="head">The channel's head, if the notice means nothing to who is past it.</param>
    /// <param name="life">The version of the life that it tells, 0 for none: it means nothing to who knows that one.</param>
    public void AppendNotice(byte[] json, long? head = null, long life = 0)
    {
        if (Format.HasNotices())
        {
            Append(Format.Notice(json), default, head is { } last ? -(last + 1) : 0, life, viewers: 0);
        }
    }

    /// <summary>Goes on at another place: what was before can't be started at any more.</summary>
    public void Jump(long epoch, long nextOffset)
    {
        Epoch = epoch;
        NextOffset = nextOffset;
        Grow(_chunkBytes);
        ForgetUpTo(_tail);
    }

    /// <summary>Nothing is appended any more, and nobody starts here. Whoever has a cursor reads on.</summary>
    public void End() => _oldest.Release();

    /// <summary>Finds the cursor from which a viewer gets everything from an offset on.</summary>
    /// <returns>False when the log begins later; the viewer must read history first.</returns>
    public bool TryFind(long offset, out FrameChunk chunk, out int frame)
    {
        chunk = _tail;
        frame = _tail.FrameCount;
        if (offset >= NextOffset)
        {
            return true;
        }

        for (FrameChunk? candidate = _oldest; candidate is not null; candidate = candidate.Next)
        {
            for (var index = 0; index < candidate.FrameCount; index++)
            {
                if (candidate[index].Offset > 0)
                {
                    if (candidate[index].Offset > offset)
                    {
                        return false;
                    }

                    if (candidate[index].Offset == offset)
                    {
                        chunk = candidate;
                        frame = index;
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private void Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload, long offset, long source, int viewers)
    {
        var length = head.Length + payload.Length;
        if (!_tail.TryAppend(head, payload, offset, source))
        {
            var wanted = _tail.FrameCount > 2 * _appendsToTail ? _chunkBytes * 2L : length * (long)LoneFrames;
            _chunkBytes = (int)Math.Clamp(wanted, FirstChunkBytes, LargestChunkBytes);
            Grow(Math.Max(_chunkBytes, length), isShared: length >= SharedFrameBytes && viewers >= SharingViewers);
            _tail.TryAppend(head, payload, offset, source);
        }

        Volatile.Write(ref _endByte, _endByte + length);
        Volatile.Write(ref _endFrame, _endFrame + 1);
    }

    private void Grow(int capacity, bool isShared = false)
    {
        // As many frames as the last one had, so that in a steady stream no index has to grow.
        var chunk = new FrameChunk(capacity, Math.Max(FewestFrames, _tail.FrameCount), Epoch, _endByte, _endFrame, isShared ? MemoryFile.TryCreate(capacity) : null);
        _tail.Next = chunk;
        _tail = chunk;
        _appendsToTail = 0;
    }

    private void Forget()
    {
        var oldest = _oldest;
        while (oldest.Next is { } next && _endByte - next.FirstByte >= RetainedBytes)
        {
            oldest = next;
        }

        ForgetUpTo(oldest);
    }

    private void ForgetUpTo(FrameChunk oldest)
    {
        if (oldest != _oldest)
        {
            oldest.Hold();
            _oldest.Release();
            _oldest = oldest;
        }
    }
}
