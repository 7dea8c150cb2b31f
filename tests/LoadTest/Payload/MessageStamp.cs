using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace OrleansRelay.LoadTest.Payload;

/// <summary>What every message of a run says of itself, so that each delivery can be checked without remembering what was sent.</summary>
/// <remarks>
/// <code>
///  byte  0      4         6           8          16        24         32 ..
///       +------+---------+-----------+----------+---------+----------+---------
///       | run  | channel | publisher | sequence | sent at | checksum | filler
///       +------+---------+-----------+----------+---------+----------+---------
/// </code>
/// Little-endian; the checksum is of the other 24 bytes and of the filler. In a text message the 32 bytes are 64 hexadecimal characters.
/// </remarks>
/// <param name="Run">Which run sent it; others' messages are counted apart.</param>
/// <param name="Channel">The channel's number.</param>
/// <param name="Publisher">The publisher's number within the channel.</param>
/// <param name="Sequence">The publisher's count, from 1.</param>
/// <param name="SentAt">When it was meant to be sent, in ticks of the run's clock.</param>
internal readonly record struct MessageStamp(uint Run, ushort Channel, ushort Publisher, long Sequence, long SentAt)
{
    /// <summary>Length of the stamp in a binary message, and so the smallest payload.</summary>
    public const int Bytes = 32;

    /// <summary>Length of the stamp in a text message.</summary>
    public const int TextBytes = 2 * Bytes;

    private const int ChecksumAt = 24;

    /// <summary>Writes the stamp at the start of a payload whose filler has a known checksum.</summary>
    public void Write(Span<byte> payload, ulong fillerChecksum, bool isText)
    {
        Span<byte> stamp = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt32LittleEndian(stamp, Run);
        BinaryPrimitives.WriteUInt16LittleEndian(stamp[4..], Channel);
        BinaryPrimitives.WriteUInt16LittleEndian(stamp[6..], Publisher);
        BinaryPrimitives.WriteInt64LittleEndian(stamp[8..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(stamp[16..], SentAt);
        BinaryPrimitives.WriteUInt64LittleEndian(stamp[ChecksumAt..], Checksum.Mix(Checksum.Of(stamp[..ChecksumAt]), fillerChecksum));
        if (isText)
        {
            Convert.TryToHexStringLower(stamp, payload, out _);
        }
        else
        {
            stamp.CopyTo(payload);
        }
    }

    /// <summary>Reads and checks a whole payload.</summary>
    /// <returns>False when its bytes are not what was sent.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, bool isText, out MessageStamp stamp)
    {
        stamp = default;
        var length = isText ? TextBytes : Bytes;
        if (payload.Length < length)
        {
            return false;
        }

        scoped Span<byte> decoded = stackalloc byte[Bytes];
        scoped var bytes = payload[..length];
        if (isText)
        {
            if (Convert.FromHexString(bytes, decoded, out _, out _) != OperationStatus.Done)
            {
                return false;
            }

            bytes = decoded;
        }

        stamp = new MessageStamp(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]));
        var expected = Checksum.Mix(Checksum.Of(bytes[..ChecksumAt]), Checksum.Of(payload[length..]));
        return MemoryMarshal.Read<ulong>(bytes[ChecksumAt..]) == expected;
    }
}
