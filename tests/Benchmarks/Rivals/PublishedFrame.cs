using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace OrleansRelay.Benchmarks.Rivals;

/// <summary>A publisher's frame as the floor program reads it: whole, final, masked.</summary>
internal readonly record struct PublishedFrame(byte Opcode, int HeaderBytes, int PayloadBytes, uint Mask)
{
    public int Bytes => HeaderBytes + PayloadBytes;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out PublishedFrame frame)
    {
        frame = default;
        if (bytes.Length < 14 && (bytes.Length < 6 || (bytes[1] & 0x7F) + 6 > bytes.Length))
        {
            return false;
        }

        var length = bytes[1] & 0x7F;
        var header = length switch { 126 => 4, 127 => 10, _ => 2 };
        length = length switch { 126 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), 127 => (int)BinaryPrimitives.ReadInt64BigEndian(bytes[2..]), _ => length };
        frame = new PublishedFrame((byte)(bytes[0] & 0x0F), header + 4, length, BinaryPrimitives.ReadUInt32LittleEndian(bytes[header..]));
        return frame.Bytes <= bytes.Length;
    }

    /// <summary>Copies the payload out without its mask.</summary>
    public void Unmask(ReadOnlySpan<byte> frame, Span<byte> target)
    {
        var source = frame[HeaderBytes..];
        var vectors = MemoryMarshal.Cast<byte, Vector<uint>>(source);
        var unmasked = MemoryMarshal.Cast<byte, Vector<uint>>(target);
        for (var index = 0; index < vectors.Length; index++)
        {
            unmasked[index] = vectors[index] ^ new Vector<uint>(Mask);
        }

        for (var index = vectors.Length * Vector<byte>.Count; index < source.Length; index++)
        {
            target[index] = (byte)(source[index] ^ (byte)(Mask >> (8 * (index & 3))));
        }
    }
}
