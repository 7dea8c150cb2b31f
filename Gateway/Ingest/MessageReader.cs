using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Deflate;

namespace OrleansRelay.Gateway.Ingest;

/// <summary>Puts a WebSocket's fragments together to whole messages, within limits of size and time.</summary>
/// <remarks>
/// The framework's WebSocket does the protocol: masks, control frames between fragments, UTF-8, reserved bits. A message has an array of
/// exactly its size, because the buffer keeps it; what it is gathered in is pooled, and an idle publisher holds none (a read of nothing waits).
/// A late fragment is told and the read goes on: to cancel it would break the WebSocket, and the code that says why could not be sent.
/// Where the socket itself is at hand, a message of one frame is taken from there.
/// </remarks>
/// <param name="socket">What is read.</param>
/// <param name="messageWithin">How long a message may take from its first fragment to its last.</param>
/// <param name="time">The clock.</param>
/// <param name="unfinished">Called when one takes longer.</param>
/// <param name="meter">Bounds what is inflated; null when nothing is.</param>
/// <param name="frames">What the WebSocket reads, where messages may be taken from it.</param>
internal sealed class MessageReader(WebSocket socket, TimeSpan messageWithin, TimeProvider time, Action unfinished, InflateMeter? meter = null, FrameStream? frames = null) : IDisposable
{
    private const int FirstReadBytes = 4 * 1024;

    private readonly MessageDeadline _deadline = new(messageWithin, time, unfinished);
    private int _formerLength;

    /// <summary>Reads one message.</summary>
    /// <param name="maxBytes">Largest message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="WebSocketException">The peer broke the protocol or the connection.</exception>
    public ValueTask<ReadMessage> ReadAsync(int maxBytes, CancellationToken cancellationToken)
    {
        if (frames is null)
        {
            return new ValueTask<ReadMessage>(ReadThroughAsync(maxBytes, cancellationToken));
        }

        var next = frames.TryTake(maxBytes, out var message);
        return next == NextFrame.Message ? new ValueTask<ReadMessage>(message) : TakeAsync(next, maxBytes, cancellationToken);
    }

    /// <summary>After our close: reads whatever comes and throws it away, until the peer has closed. Bytes left unread would have the system reset the connection, and the reset overtakes the code.</summary>
    public async Task DiscardAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstReadBytes);
        try
        {
            while (socket.State == WebSocketState.CloseSent)
            {
                if (meter is { IsExceeded: true })
                {
                    await meter.DiscardAsync(cancellationToken);
                    return;
                }

                var result = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
                meter?.TryCount(result.Count);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // It went without an answer, or took too long to go.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _deadline.Dispose();

    /// <summary>Waits until a message can be taken, or something has come that is the WebSocket's.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadMessage> TakeAsync(NextFrame next, int maxBytes, CancellationToken cancellationToken)
    {
        var isTimed = false;
        ReadMessage message = default;
        while (next is NextFrame.Nothing or NextFrame.Beginning)
        {
            if (next == NextFrame.Beginning && !isTimed)
            {
                isTimed = true;
                _deadline.Begin();
            }

            try
            {
                var received = await frames!.ReceiveAsync();
                frames.Add(received);
                next = received > 0 ? frames.TryTake(maxBytes, out message) : NextFrame.Other;
            }
            catch (SocketException)
            {
                // Broken. The WebSocket finds that, too, and says what it means.
                next = NextFrame.Other;
            }
        }

        if (isTimed)
        {
            _deadline.End();
        }

        return next == NextFrame.Message ? message : await ReadThroughAsync(maxBytes, cancellationToken);
    }

    private async Task<ReadMessage> ReadThroughAsync(int maxBytes, CancellationToken cancellationToken)
    {
        var result = await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
        if (result.MessageType == WebSocketMessageType.Close)
        {
            return new ReadMessage(ReadOutcome.Closed, default, default);
        }

        if (result.EndOfMessage)
        {
            // An empty message: the read of nothing has taken all of it.
            return new ReadMessage(ReadOutcome.Message, KindOf(result), default);
        }

        var isTimed = false;
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(_formerLength + 1L, FirstReadBytes, Math.Max(FirstReadBytes, maxBytes + 1L)));
        try
        {
            var length = 0;
            while (true)
            {
                result = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                length += result.Count;
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return new ReadMessage(ReadOutcome.Closed, default, default);
                }

                if (length > maxBytes || meter?.TryCount(result.Count) == false)
                {
                    return new ReadMessage(ReadOutcome.TooBig, default, default);
                }

                if (result.EndOfMessage)
                {
                    // The next one is likely to be as large: it is read without growing, which copies all that was read each time.
                    _formerLength = length;
                    frames?.Trust(length);
                    return new ReadMessage(ReadOutcome.Message, KindOf(result), buffer.AsMemory(0, length).ToArray());
                }

                // Most messages come whole and never get here: no timer is made for them.
                if (!isTimed)
                {
                    isTimed = true;
                    _deadline.Begin();
                }

                if (length == buffer.Length)
                {
                    // One byte more than the limit is enough to see that it is passed.
                    buffer = Grow(buffer, length, (int)Math.Min(length * 2L, maxBytes + 1L));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (isTimed)
            {
                _deadline.End();
            }
        }
    }

    private static MessageKind KindOf(ValueWebSocketReceiveResult result) =>
        result.MessageType == WebSocketMessageType.Text ? MessageKind.Text : MessageKind.Binary;

    private static byte[] Grow(byte[] buffer, int length, int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(size, length + 1));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}

/// <summary>What a read came to.</summary>
internal enum ReadOutcome
{
    /// <summary>A whole message.</summary>
    Message,

    /// <summary>The peer closed.</summary>
    Closed,

    /// <summary>The message is larger than the limit, or inflates too far.</summary>
    TooBig,
}

/// <summary>A message that was read, or why there is none.</summary>
internal readonly record struct ReadMessage(ReadOutcome Outcome, MessageKind Kind, ReadOnlyMemory<byte> Payload);
