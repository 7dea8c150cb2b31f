using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace OrleansRelay.LoadTest.Sockets;

/// <summary>Writes a client's frames: final and masked (RFC 6455, section 5.2).</summary>
internal static class ClientFrame
{
    private const int MaskBytes = 4;

    /// <summary>The length of the header before a payload, mask included.</summary>
    public static int HeaderBytes(int payloadBytes) => MaskBytes + (payloadBytes <= 125 ? 2 : payloadBytes <= ushort.MaxValue ? 4 : 10);

    /// <summary>Writes a whole frame; the target has exactly its length.</summary>
    public static void Write(Span<byte> target, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        target[0] = (byte)(0x80 | (byte)opcode);
        var at = 2;
        if (payload.Length <= 125)
        {
            target[1] = (byte)(0x80 | payload.Length);
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            target[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)payload.Length);
            at = 4;
        }
        else
        {
            target[1] = 0x80 | 127;
            BinaryPrimitives.WriteUInt64BigEndian(target[2..], (ulong)payload.Length);
            at = 10;
        }

        var mask = (uint)Random.Shared.Next();
        BinaryPrimitives.WriteUInt32LittleEndian(target[at..], mask);
        Mask(payload, target[(at + MaskBytes)..], mask);
    }

    private static void Mask(ReadOnlySpan<byte> source, Span<byte> target, uint mask)
    {
        var vectors = MemoryMarshal.Cast<byte, Vector<uint>>(source);
        var masked = MemoryMarshal.Cast<byte, Vector<uint>>(target);
        for (var index = 0; index < vectors.Length; index++)
        {
            masked[index] = vectors[index] ^ new Vector<uint>(mask);
        }

        for (var index = vectors.Length * Vector<byte>.Count; index < source.Length; index++)
        {
            target[index] = (byte)(source[index] ^ (byte)(mask >> (8 * (index & 3))));
        }
    }
}
