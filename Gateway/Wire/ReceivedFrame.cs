using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Wire;

/// <summary>The header of a frame as clients send it, masked (RFC 6455, sections 5.2 and 5.3).</summary>
/// <param name="First">Its first byte: final, reserved bits, opcode.</param>
/// <param name="IsMasked">Whether it is masked, as a client's has to be.</param>
/// <param name="HeaderBytes">How long the header is, with its mask.</param>
/// <param name="PayloadBytes">How long it says that the payload is.</param>
/// <param name="Mask">The mask, its first byte lowest.</param>
internal readonly record struct ReceivedFrame(byte First, bool IsMasked, int HeaderBytes, long PayloadBytes, uint Mask)
{
    private const byte WholeText = 0x81;
    private const byte WholeBinary = 0x82;

    /// <summary>Its length, or the largest that there is.</summary>
    public long Bytes => PayloadBytes > long.MaxValue - HeaderBytes ? long.MaxValue : HeaderBytes + PayloadBytes;

    /// <summary>Whether it is a message by itself: final, masked, nothing reserved, neither a fragment nor a control frame.</summary>
    public bool IsMessage => First is WholeText or WholeBinary && IsMasked;

    /// <summary>The kind of the message that it is.</summary>
    public MessageKind Kind => First == WholeText ? MessageKind.Text : MessageKind.Binary;

    /// <summary>Reads a header.</summary>
    /// <returns>False when it isn't there as a whole.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ReceivedFrame frame)
    {
        frame = default;
        if (bytes.Length < 2)
        {
            return false;
        }

        var isMasked = (bytes[1] & 0x80) != 0;
        var code = bytes[1] & 0x7F;
        var maskAt = code switch { 126 => 4, 127 => 10, _ => 2 };
        var header = maskAt + (isMasked ? sizeof(uint) : 0);
        if (bytes.Length < header)
        {
            return false;
        }

        var length = code switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            // One that has its highest bit set is forbidden, and may not be taken for a small one.
            127 => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]) is >= 0 and var claimed ? claimed : long.MaxValue,
            _ => code,
        };
        frame = new ReceivedFrame(bytes[0], isMasked, header, length, isMasked ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[maskAt..]) : 0);
        return true;
    }

    /// <summary>Copies a payload out without its mask.</summary>
    public void Unmask(ReadOnlySpan<byte> payload, Span<byte> target)
    {
        var mask = new Vector<uint>(Mask);
        var masked = MemoryMarshal.Cast<byte, Vector<uint>>(payload);
        var unmasked = MemoryMarshal.Cast<byte, Vector<uint>>(target);
        for (var index = 0; index < masked.Length; index++)
        {
            unmasked[index] = masked[index] ^ mask;
        }

        for (var index = masked.Length * Vector<byte>.Count; index < payload.Length; index++)
        {
            target[index] = (byte)(payload[index] ^ (byte)(Mask >> (8 * (index & 3))));
        }
    }
}
