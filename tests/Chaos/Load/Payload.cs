using System.Buffers.Binary;
using System.Text;

namespace OrleansRelay.Chaos.Load;

/// <summary>What is published: a message that says who sent it, as which one and when, and whose every byte can be checked.</summary>
/// <remarks>
/// <code>
///   byte  0 .. 7     8 .. 15    16         17 ..       ..
///        +----------+----------+----------+-----------+-------------------------------+
///        | sequence | sent at  | length n | publisher | filler: follows from sequence |
///        +----------+----------+----------+-----------+-------------------------------+
/// </code>
/// </remarks>
internal static class Payload
{
    private const int HeaderBytes = 17;

    /// <summary>A message's bytes. The filler is 0 to 511 bytes long, so that frames of many sizes are mixed.</summary>
    public static byte[] Make(string publisher, long sequence, long sentAt)
    {
        var name = Encoding.ASCII.GetBytes(publisher);
        var payload = new byte[HeaderBytes + name.Length + FillerBytes(sequence)];
        BinaryPrimitives.WriteInt64BigEndian(payload, sequence);
        BinaryPrimitives.WriteInt64BigEndian(payload.AsSpan(8), sentAt);
        payload[16] = (byte)name.Length;
        name.CopyTo(payload.AsSpan(HeaderBytes));
        Fill(payload.AsSpan(HeaderBytes + name.Length), sequence);
        return payload;
    }

    /// <summary>Reads one.</summary>
    /// <returns>Whether every byte is as it was made.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, Func<ReadOnlySpan<byte>, string> nameOf, out string publisher, out long sequence, out long sentAt)
    {
        (publisher, sequence, sentAt) = ("", 0, 0);
        if (payload.Length < HeaderBytes || payload.Length < HeaderBytes + payload[16])
        {
            return false;
        }

        sequence = BinaryPrimitives.ReadInt64BigEndian(payload);
        sentAt = BinaryPrimitives.ReadInt64BigEndian(payload[8..]);
        publisher = nameOf(payload.Slice(HeaderBytes, payload[16]));
        var filler = payload[(HeaderBytes + payload[16])..];
        if (filler.Length != FillerBytes(sequence))
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[filler.Length];
        Fill(expected, sequence);
        return filler.SequenceEqual(expected);
    }

    private static int FillerBytes(long sequence) => (int)(Mix(sequence) % 512);

    private static void Fill(Span<byte> filler, long sequence)
    {
        var state = Mix(sequence);
        foreach (ref var part in filler)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            part = (byte)(state >> 56);
        }
    }

    private static ulong Mix(long sequence) => (ulong)sequence * 0x9E3779B97F4A7C15 >> 17;
}
