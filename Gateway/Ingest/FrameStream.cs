using System.Buffers;
using System.Net.Sockets;
using System.Text.Unicode;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Ingest;

/// <summary>A publisher's socket, cut at the borders of frames: messages of one frame are taken from it as they lie, everything else is read through it by the framework's WebSocket.</summary>
/// <remarks>
/// <code>
///   socket ──▶ buffer ──▶ a message of one frame? ─yes─▶ unmasked, once, into its own array
///                           │no: a fragment, a control frame, something reserved or wrong, too large
///                           └─▶ WebSocket, which gets this frame's bytes and none of the next one's
/// </code>
/// So the protocol is the framework's, and what nearly every message is costs none of it. Measured with 200 channels x 5 viewers at 10,000
/// messages of 64 B a second: of the relay's CPU, 13 % went into reading before, 10 % with it.
/// </remarks>
/// <param name="socket">The connection.</param>
/// <param name="output">Where the WebSocket writes.</param>
internal sealed class FrameStream(Socket socket, Stream output) : AsyncOnlyStream
{
    /// <summary>What an idle publisher holds, or one of small messages.</summary>
    private const int SmallBufferBytes = 1024;

    /// <summary>The largest buffer. A larger frame is received right into the array that its payload stays in.</summary>
    private const int LargestBufferBytes = 64 * 1024;

    /// <summary>What is believed of a frame's length before its bytes are there, or twice the longest that came. More the WebSocket reads, and grows its buffer as it comes.</summary>
    private const int BelievedBytes = 256 * 1024;

    private readonly byte[] _small = new byte[SmallBufferBytes];
    private byte[]? _rented;
    private int _start;
    private int _end;

    private readonly Lock _gate = new();
    private bool _isWriting;
    private bool _isDisposed;

    private LargePayload? _payload;
    private int _longest;

    /// <summary>How much of the frame in front is still to be read by the WebSocket.</summary>
    private long _unread;

    private byte[] Buffer => _rented ?? _small;

    private ReadOnlySpan<byte> Front => Buffer.AsSpan(_start.._end);

    /// <summary>Looks at what comes next; at the border of two messages only.</summary>
    /// <param name="maxBytes">Largest message.</param>
    /// <param name="message">The message, which is taken then.</param>
    public NextFrame TryTake(int maxBytes, out ReadMessage message)
    {
        message = default;
        if (_payload is { } payload)
        {
            return TryTake(payload, out message);
        }

        var front = Front;
        if (!ReceivedFrame.TryRead(front, out var frame))
        {
            return front.IsEmpty ? NextFrame.Nothing : NextFrame.Beginning;
        }

        if (!frame.IsMessage || frame.PayloadBytes > maxBytes)
        {
            return NextFrame.Other;
        }

        return frame.Bytes > LargestBufferBytes ? TryTakeLarge(frame, out message)
            : frame.Bytes > front.Length ? NextFrame.Beginning
            : TryTake(frame, out message);
    }

    /// <summary>Waits for more, which is there once <see cref="Add"/> was told how much.</summary>
    /// <returns>How many bytes came; 0 when no more comes.</returns>
    /// <exception cref="SocketException">The connection is broken.</exception>
    public ValueTask<int> ReceiveAsync()
    {
        if (_payload is { } payload)
        {
            return socket.ReceiveAsync(payload.Missing, SocketFlags.None, CancellationToken.None);
        }

        MakeRoom();
        return socket.ReceiveAsync(Buffer.AsMemory(_end), SocketFlags.None, CancellationToken.None);
    }

    /// <summary>Adds what came.</summary>
    public void Add(int received)
    {
        if (_payload is { } payload)
        {
            payload.Add(received);
        }
        else
        {
            _end += received;
        }
    }

    /// <summary>A message of this length was read by the WebSocket: another one may be as long.</summary>
    public void Trust(int length) => _longest = Math.Max(_longest, length);

    /// <summary>No more comes: whoever waits hears it.</summary>
    public void Stop()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Receive);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is closed.
        }
    }

    /// <summary>Reads for the WebSocket. A read of nothing doesn't wait: the next one does.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        // Given up with the connection, which is all that could be found out here.
        _payload = null;
        while (_unread == 0)
        {
            if (ReceivedFrame.TryRead(Front, out var frame))
            {
                _unread = frame.Bytes;
            }
            else
            {
                var received = await ReceiveAsync();
                Add(received);
                if (received == 0)
                {
                    // The connection ends within a header, or between two frames.
                    _unread = Front.Length;
                    break;
                }
            }
        }

        buffer = buffer[..(int)Math.Min(buffer.Length, _unread)];
        var read = Math.Min(buffer.Length, Front.Length);
        if (read > 0)
        {
            Front[..read].CopyTo(buffer.Span);
            _start += read;
        }
        else if (buffer.Length > 0)
        {
            read = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
        }

        _unread -= read;
        return read;
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var writing = output.WriteAsync(buffer, cancellationToken);
        return writing.IsCompleted ? writing : WaitAsync(writing);
    }

    /// <summary>Ends what is under way, and closes the socket for that only: the WebSocket disposes of its stream before the connection's place is free.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Stop();
            lock (_gate)
            {
                _isDisposed = true;
                CloseIfWriting();
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>Waits for a write that the kernel doesn't take at once.</summary>
    private async ValueTask WaitAsync(ValueTask writing)
    {
        lock (_gate)
        {
            _isWriting = true;
            CloseIfWriting();
        }

        try
        {
            await writing;
        }
        finally
        {
            lock (_gate)
            {
                _isWriting = false;
            }
        }
    }

    private void CloseIfWriting()
    {
        if (_isDisposed && _isWriting)
        {
            socket.Dispose();
        }
    }

    private NextFrame TryTake(ReceivedFrame frame, out ReadMessage message)
    {
        message = default;
        var payload = GC.AllocateUninitializedArray<byte>((int)frame.PayloadBytes);
        frame.Unmask(Front.Slice(frame.HeaderBytes, payload.Length), payload);
        if (frame.Kind == MessageKind.Text && !Utf8.IsValid(payload))
        {
            return NextFrame.Other;
        }

        _start += frame.HeaderBytes + payload.Length;
        message = new ReadMessage(ReadOutcome.Message, frame.Kind, payload);
        return NextFrame.Message;
    }

    /// <summary>Text is the WebSocket's: it has to be UTF-8, and what is no longer as it came can't be left to who says that it isn't.</summary>
    private NextFrame TryTakeLarge(ReceivedFrame frame, out ReadMessage message)
    {
        message = default;
        if (frame.Kind == MessageKind.Text || frame.PayloadBytes > Math.Max(BelievedBytes, 2L * _longest))
        {
            return NextFrame.Other;
        }

        _payload = new LargePayload(frame);
        _start += frame.HeaderBytes;
        _start += _payload.Add(Front);
        return TryTake(_payload, out message);
    }

    private NextFrame TryTake(LargePayload payload, out ReadMessage message)
    {
        if (!payload.TryTake(out message))
        {
            return NextFrame.Beginning;
        }

        Trust(message.Payload.Length);
        _payload = null;
        return NextFrame.Message;
    }

    /// <summary>After a receive that filled the small buffer a large one is rented, until all that came is taken: while nothing comes none is held.</summary>
    private void MakeRoom()
    {
        var front = Front;
        if (_end == Buffer.Length && _rented is null)
        {
            var rented = ArrayPool<byte>.Shared.Rent(LargestBufferBytes);
            front.CopyTo(rented);
            _rented = rented;
        }
        else if (_rented is { } rented && front.IsEmpty)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
        else if (_start > 0)
        {
            front.CopyTo(Buffer);
        }

        (_start, _end) = (0, front.Length);
    }
}

/// <summary>What comes next on a publisher's connection.</summary>
internal enum NextFrame
{
    /// <summary>Nothing has come.</summary>
    Nothing,

    /// <summary>The beginning of a frame, too little to say more or to take it.</summary>
    Beginning,

    /// <summary>A message, whole.</summary>
    Message,

    /// <summary>Something for the WebSocket.</summary>
    Other,
}
