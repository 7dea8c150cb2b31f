using System.Buffers.Binary;
using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Wire;

/// <summary>Writes whole, unmasked, final WebSocket frames (RFC 6455, section 5.2), as a server sends them.</summary>
/// <remarks>
/// <code>
///  byte   0          1                    2 ..
///       +----------+--------------------+---------------------------+---------
///       | 1000opco | 0 length           | 16 or 64 bits of length   | payload
///       +----------+--------------------+---------------------------+---------
///                    0..125: itself       big-endian, after 126
///                    126, 127: see right  or 127
/// </code>
/// The relay frames a message once and sends the same bytes to every viewer; <see cref="System.Net.WebSockets.WebSocket"/> would frame
/// and copy it for each. Everything else of the protocol stays with the standard library.
/// </remarks>
internal static class WebSocketFrame
{
    /// <summary>Longest header.</summary>
    public const int MaxHeaderBytes = 10;

    private const byte Final = 0x80;

    /// <summary>The length of the header before a payload.</summary>
    public static int HeaderBytes(int payloadBytes) => payloadBytes <= 125 ? 2 : payloadBytes <= ushort.MaxValue ? 4 : 10;

    /// <summary>Writes a header.</summary>
    /// <returns>Its length.</returns>
    public static int WriteHeader(Span<byte> target, MessageKind kind, int payloadBytes)
    {
        target[0] = (byte)(Final | (byte)kind);
        switch (HeaderBytes(payloadBytes))
        {
            case 2:
                target[1] = (byte)payloadBytes;
                return 2;
            case 4:
                target[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)payloadBytes);
                return 4;
            default:
                target[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(target[2..], (ulong)payloadBytes);
                return 10;
        }
    }

    /// <summary>The payload of a whole frame that was written here.</summary>
    public static ReadOnlyMemory<byte> PayloadOf(ReadOnlyMemory<byte> frame) => frame[(frame.Span[1] switch { 126 => 4, 127 => 10, _ => 2 })..];

    /// <summary>A whole frame in an array of its own, for what is sent to one viewer only.</summary>
    public static byte[] ToArray(MessageKind kind, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeaderBytes(payload.Length) + payload.Length];
        payload.CopyTo(frame.AsSpan(WriteHeader(frame, kind, payload.Length)));
        return frame;
    }
}
