using System.Buffers.Binary;

namespace OrleansRelay.TestKit.Clients;

/// <summary>The other side of relay.v1, written from PROTOCOL.md and not from the relay's code.</summary>
public static class RelayV1
{
    /// <summary>Reads a message to a viewer.</summary>
    public static ViewerEvent ReadViewerMessage(byte[] bytes) => bytes is [0x01, 1 or 2, ..] && bytes.Length >= 18
        ? new ViewerEvent
        {
            IsMessage = true,
            IsText = bytes[1] == 1,
            Offset = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(2)),
            PublishedAt = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(10)),
            Payload = bytes[18..],
        }
        : throw new FormatException($"{Convert.ToHexString(bytes)} is no message to a viewer.");

    /// <summary>Writes a publisher's message.</summary>
    public static byte[] WritePublisherMessage(bool isText, long sequence, ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[10 + payload.Length];
        (bytes[0], bytes[1]) = (0x02, isText ? (byte)1 : (byte)2);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(2), sequence);
        payload.CopyTo(bytes.AsSpan(10));
        return bytes;
    }
}
