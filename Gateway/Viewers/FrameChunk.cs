namespace OrleansRelay.Gateway.Viewers;

/// <summary>A run of encoded frames in one array, with where each ends. One appender, any number of readers, no lock.</summary>
/// <remarks>
/// Chunks are a linked list that only grows at its end. Whoever holds a chunk holds all after it and nothing before it, so what the
/// slowest cursor has passed is freed by the garbage collector without any count of readers.
/// </remarks>
internal sealed class FrameChunk(int capacity, long epoch, long firstByte, long firstFrame)
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(capacity);
    private Frame[] _frames = new Frame[4];
    private volatile int _frameCount;
    private volatile FrameChunk? _next;

    /// <summary>The epoch of its messages.</summary>
    public long Epoch { get; } = epoch;

    /// <summary>Bytes of the log before this chunk.</summary>
    public long FirstByte { get; } = firstByte;

    /// <summary>Frames of the log before this chunk.</summary>
    public long FirstFrame { get; } = firstFrame;

    /// <summary>The chunk after this one; set once, when no more is appended here.</summary>
    public FrameChunk? Next
    {
        get => _next;
        set => _next = value;
    }

    /// <summary>How many frames there are. What is below it never changes.</summary>
    public int FrameCount => _frameCount;

    /// <summary>Where a frame begins.</summary>
    public int StartOf(int frame) => frame == 0 ? 0 : _frames[frame - 1].End;

    /// <summary>A frame's offset and sender.</summary>
    public Frame this[int frame] => Volatile.Read(ref _frames)[frame];

    /// <summary>The bytes of neighbouring frames.</summary>
    public ReadOnlyMemory<byte> Bytes(int fromFrame, int toFrame) => _bytes.AsMemory(StartOf(fromFrame)..StartOf(toFrame));

    /// <summary>Appends a frame if it fits.</summary>
    public bool TryAppend(ReadOnlySpan<byte> frame, long offset, long sender)
    {
        var start = StartOf(_frameCount);
        if (frame.Length > _bytes.Length - start)
        {
            return false;
        }

        frame.CopyTo(_bytes.AsSpan(start));
        if (_frameCount == _frames.Length)
        {
            var larger = new Frame[_frames.Length * 2];
            _frames.CopyTo(larger, 0);
            Volatile.Write(ref _frames, larger);
        }

        _frames[_frameCount] = new Frame(start + frame.Length, offset, sender);
        _frameCount++;
        return true;
    }

    /// <summary>Where a frame ends in its chunk, the message's offset (0 for a notice), and who sent it.</summary>
    public readonly record struct Frame(int End, long Offset, long Sender);
}
