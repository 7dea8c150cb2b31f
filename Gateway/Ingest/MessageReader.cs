using System.Buffers;
using System.Net.WebSockets;
using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Ingest;

/// <summary>Puts a WebSocket's fragments together to whole messages, within limits of size and time.</summary>
/// <remarks>
/// The framework's WebSocket does the protocol: masks, control frames between fragments, UTF-8, reserved bits. A message has an array of
/// exactly its size, because the buffer keeps it; what it is gathered in is pooled, and an idle publisher holds none (a read of nothing waits).
/// </remarks>
internal sealed class MessageReader(WebSocket socket, TimeSpan messageWithin, TimeProvider time)
{
    private const int FirstReadBytes = 4 * 1024;

    /// <summary>Reads one message.</summary>
    /// <param name="maxBytes">Largest message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="WebSocketException">The peer broke the protocol or the connection.</exception>
    public async Task<ReadMessage> ReadAsync(int maxBytes, CancellationToken cancellationToken)
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

        CancellationTokenSource? late = null, either = null;
        var buffer = ArrayPool<byte>.Shared.Rent(FirstReadBytes);
        try
        {
            var length = 0;
            while (true)
            {
                result = await socket.ReceiveAsync(buffer.AsMemory(length), either?.Token ?? cancellationToken);
                length += result.Count;
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return new ReadMessage(ReadOutcome.Closed, default, default);
                }

                if (length > maxBytes)
                {
                    return new ReadMessage(ReadOutcome.TooBig, default, default);
                }

                if (result.EndOfMessage)
                {
                    return new ReadMessage(ReadOutcome.Message, KindOf(result), buffer.AsMemory(0, length).ToArray());
                }

                // Most messages come whole and never get here: no timer is made for them.
                late ??= new CancellationTokenSource(messageWithin, time);
                either ??= CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
                if (length == buffer.Length)
                {
                    // One byte more than the limit is enough to see that it is passed.
                    buffer = Grow(buffer, length, (int)Math.Min(length * 2L, maxBytes + 1L));
                }
            }
        }
        catch (OperationCanceledException) when (late is { IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested)
        {
            return new ReadMessage(ReadOutcome.Unfinished, default, default);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            either?.Dispose();
            late?.Dispose();
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

    /// <summary>The message is larger than the limit.</summary>
    TooBig,

    /// <summary>Its last fragment did not come in time. The socket can't be used after that.</summary>
    Unfinished,
}

/// <summary>A message that was read, or why there is none.</summary>
internal readonly record struct ReadMessage(ReadOutcome Outcome, MessageKind Kind, ReadOnlyMemory<byte> Payload);
