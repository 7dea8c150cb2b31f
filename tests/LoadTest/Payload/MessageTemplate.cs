using OrleansRelay.LoadTest.Sockets;
using OrleansRelay.LoadTest.Targets;

namespace OrleansRelay.LoadTest.Payload;

/// <summary>Makes one publisher's messages: the same filler each time, a new stamp before it, masked and framed as a WebSocket client must.</summary>
internal sealed class MessageTemplate
{
    private readonly byte[] _payload;
    private readonly int _prefix;
    private readonly int _suffix;
    private readonly Opcode _opcode;
    private readonly bool _isRelayV1;
    private readonly bool _isText;
    private readonly ulong _fillerChecksum;

    /// <summary>Prepares the filler.</summary>
    /// <param name="bytes">Length of the payload.</param>
    /// <param name="isText">Text or binary.</param>
    /// <param name="isRelayV1">Whether relay.v1's header goes before it.</param>
    /// <param name="envelope">What another relay's protocol puts around it.</param>
    public MessageTemplate(int bytes, bool isText, bool isRelayV1, Envelope? envelope = null)
    {
        (_isText, _isRelayV1) = (isText, isRelayV1);
        _prefix = isRelayV1 ? RelayV1.PublisherHeaderBytes : envelope?.Before.Length ?? 0;
        _suffix = envelope?.After.Length ?? 0;
        _opcode = envelope?.Opcode ?? (isText && !isRelayV1 ? Opcode.Text : Opcode.Binary);
        _payload = new byte[_prefix + bytes + _suffix];
        envelope?.Before.CopyTo(_payload, 0);
        envelope?.After.CopyTo(_payload, _prefix + bytes);
        var filler = _payload.AsSpan((_prefix + (isText ? MessageStamp.TextBytes : MessageStamp.Bytes))..^_suffix);

        // Letters, so that it is valid text, and no two neighbours alike, so that a moved byte is seen.
        for (var index = 0; index < filler.Length; index++)
        {
            filler[index] = (byte)('a' + (index * 7 % 26));
        }

        _fillerChecksum = Checksum.Of(filler);
    }

    /// <summary>Smallest payload that holds a stamp.</summary>
    public static int SmallestBytes(bool isText) => isText ? MessageStamp.TextBytes : MessageStamp.Bytes;

    /// <summary>Length of a whole frame.</summary>
    public int FrameBytes => ClientFrame.HeaderBytes(_payload.Length) + _payload.Length;

    /// <summary>Writes one whole frame.</summary>
    public void Write(Span<byte> frame, MessageStamp stamp)
    {
        if (_isRelayV1)
        {
            RelayV1.WritePublisherHeader(_payload, _isText, stamp.Sequence);
        }

        stamp.Write(_payload.AsSpan(_prefix), _fillerChecksum, _isText);
        ClientFrame.Write(frame, _opcode, _payload);
    }
}
