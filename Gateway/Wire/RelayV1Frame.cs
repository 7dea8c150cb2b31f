using System.Buffers.Binary;
using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Wire;

/// <summary>The binary messages of subprotocol <c>relay.v1</c>, drawn in PROTOCOL.md, sections 4 and 5.</summary>
internal static class RelayV1Frame
{
    /// <summary>The subprotocol's name in the handshake.</summary>
    public const string Subprotocol = "relay.v1";

    /// <summary>Bytes before the payload of a message to a viewer: type, kind, offset, time.</summary>
    public const int ViewerHeaderBytes = 1 + 1 + 8 + 8;

    /// <summary>Bytes before the payload of a message from a publisher: type, kind, sequence.</summary>
    public const int PublisherHeaderBytes = 1 + 1 + 8;

    private const byte ViewerMessage = 0x01;
    private const byte PublisherMessage = 0x02;

    /// <summary>Writes the header of a message to a viewer.</summary>
    public static void WriteViewerHeader(Span<byte> target, in Message message, long offset)
    {
        target[0] = ViewerMessage;
        target[1] = (byte)message.Kind;
        BinaryPrimitives.WriteInt64BigEndian(target[2..], offset);
        BinaryPrimitives.WriteInt64BigEndian(target[10..], message.PublishedAt);
    }

    /// <summary>Reads the header of a message from a publisher.</summary>
    /// <returns>False when it is too short, of another type, of no known kind, or not numbered from 1 to <see cref="PublishRequest.MaxSequence"/>.</returns>
    public static bool TryReadPublisherHeader(ReadOnlySpan<byte> source, out MessageKind kind, out long sequence)
    {
        kind = default;
        sequence = 0;
        if (source.Length < PublisherHeaderBytes || source[0] != PublisherMessage || source[1] is not (byte)MessageKind.Text and not (byte)MessageKind.Binary)
        {
            return false;
        }

        kind = (MessageKind)source[1];
        sequence = BinaryPrimitives.ReadInt64BigEndian(source[2..]);
        return PublishRequest.AreSequences(sequence, count: 1);
    }
}
