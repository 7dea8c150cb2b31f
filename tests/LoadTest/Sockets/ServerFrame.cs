using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace OrleansRelay.LoadTest.Sockets;

/// <summary>The header of a frame that a server sent.</summary>
/// <param name="Opcode">What it is.</param>
/// <param name="IsFinal">Whether it ends its message.</param>
/// <param name="HeaderBytes">Length of the header.</param>
/// <param name="PayloadBytes">Length of the payload.</param>
internal readonly record struct ServerFrame(Opcode Opcode, bool IsFinal, int HeaderBytes, int PayloadBytes)
{
    /// <summary>Header and payload.</summary>
    public int Bytes => HeaderBytes + PayloadBytes;

    /// <summary>Reads a header: a server's frame is never masked, and without extensions the reserved bits are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOutcome TryRead(ReadOnlySpan<byte> bytes, out ServerFrame frame)
    {
        frame = default;
        if (bytes.Length < 2)
        {
            return ReadOutcome.NeedMore;
        }

        int first = bytes[0], second = bytes[1];
        if ((first & 0x70) != 0 || (second & 0x80) != 0 || (first & 0x0F) is > 2 and < 8 or > 10)
        {
            return ReadOutcome.Broken;
        }

        var (header, length) = (2, (long)second);
        if (second == 126)
        {
            if (bytes.Length < 4)
            {
                return ReadOutcome.NeedMore;
            }

            (header, length) = (4, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
        }
        else if (second == 127)
        {
            if (bytes.Length < 10)
            {
                return ReadOutcome.NeedMore;
            }

            (header, length) = (10, BinaryPrimitives.ReadInt64BigEndian(bytes[2..]));
        }

        if (length is < 0 or > 1 << 30)
        {
            return ReadOutcome.Broken;
        }

        frame = new ServerFrame((Opcode)(first & 0x0F), (first & 0x80) != 0, header, (int)length);
        return ReadOutcome.Header;
    }
}

/// <summary>What reading a header came to.</summary>
internal enum ReadOutcome
{
    /// <summary>The header is whole; its payload may not be.</summary>
    Header,

    /// <summary>More bytes are needed.</summary>
    NeedMore,

    /// <summary>No server may send this.</summary>
    Broken,
}
