using OrleansRelay.LoadTest.Sockets;

namespace OrleansRelay.LoadTest.Payload;

/// <summary>Makes one publisher's messages: the same filler each time, a new stamp before it, masked and framed as a WebSocket client must.</summary>
internal sealed class MessageTemplate
{
    private readonly byte[] _payload;
    private readonly int _prefix;
    private readonly bool _isText;
    private readonly ulong _fillerChecksum;

    /// <summary>Prepares the filler.</summary>
    /// <param name="bytes">Length of the payload.</param>
    /// <param name="isText">Text or binary.</param>
    /// <param name="isRelayV1">Whether relay.v1's header goes before it.</param>
    public MessageTemplate(int bytes, bool isText, bool isRelayV1)
    {
        _isText = isText;
        _prefix = isRelayV1 ? RelayV1.PublisherHeaderBytes : 0;
        _payload = new byte[_prefix + bytes];
        var filler = _payload.AsSpan(_prefix + (isText ? MessageStamp.TextBytes : MessageStamp.Bytes));

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
        if (_prefix > 0)
        {
            RelayV1.WritePublisherHeader(_payload, _isText, stamp.Sequence);
        }

        stamp.Write(_payload.AsSpan(_prefix), _fillerChecksum, _isText);
        ClientFrame.Write(frame, _isText && _prefix == 0 ? Opcode.Text : Opcode.Binary, _payload);
    }
}
