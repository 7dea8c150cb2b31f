using System.Buffers.Binary;
using System.Text.Json;

namespace OrleansRelay.LoadTest.Payload;

/// <summary>The relay's subprotocol as a client sees it (PROTOCOL.md, sections 4 and 5). Other relays are loaded without it.</summary>
internal static class RelayV1
{
    /// <summary>Its name in the handshake.</summary>
    public const string Subprotocol = "relay.v1";

    /// <summary>What a publisher puts before a payload.</summary>
    public const int PublisherHeaderBytes = 10;

    private const int ViewerHeaderBytes = 18;

    /// <summary>Writes a publisher's header.</summary>
    public static void WritePublisherHeader(Span<byte> target, bool isText, long sequence)
    {
        target[0] = 0x02;
        target[1] = (byte)(isText ? 1 : 2);
        BinaryPrimitives.WriteInt64BigEndian(target[2..], sequence);
    }

    /// <summary>The payload of a viewer's binary message.</summary>
    public static ReadOnlySpan<byte> PayloadOf(ReadOnlySpan<byte> message) => message.Length < ViewerHeaderBytes ? default : message[ViewerHeaderBytes..];

    /// <summary>Reads the sequence of an acknowledgement.</summary>
    /// <returns>False when the notice is another one.</returns>
    public static bool TryReadAck(ReadOnlySpan<byte> notice, out long sequence)
    {
        sequence = 0;
        var reader = new Utf8JsonReader(notice);
        var isAck = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                var isType = reader.ValueTextEquals("type"u8);
                var isSequence = reader.ValueTextEquals("sequence"u8);
                reader.Read();
                isAck |= isType && reader.ValueTextEquals("ack"u8);
                sequence = isSequence ? reader.GetInt64() : sequence;
            }
        }

        return isAck;
    }
}
