using OrleansRelay.LoadTest.Payload;
using OrleansRelay.LoadTest.Sockets;

namespace OrleansRelay.LoadTest.Tests.Payload;

public sealed class MessageStampTests
{
    private static readonly MessageStamp Stamp = new(0xDEADBEEF, 7, 3, 123_456_789_012, 987_654_321_098);

    [Theory]
    [InlineData(32, false)]
    [InlineData(64, false)]
    [InlineData(81_920, false)]
    [InlineData(64, true)]
    [InlineData(1000, true)]
    public void WhatWasSentIsReadBack(int bytes, bool isText)
    {
        Assert.True(MessageStamp.TryRead(Sent(bytes, isText), isText, out var read));
        Assert.Equal(Stamp, read);
    }

    [Theory]
    [InlineData(32, false)]
    [InlineData(117, false)]
    [InlineData(117, true)]
    public void EveryChangedByteIsNoticed(int bytes, bool isText)
    {
        var payload = Sent(bytes, isText);
        for (var index = 0; index < payload.Length; index++)
        {
            // In text another digit, since a letter's case is not part of its value.
            var changed = payload.ToArray();
            changed[index] = changed[index] == (byte)'1' ? (byte)'2' : (byte)'1';
            Assert.False(MessageStamp.TryRead(changed, isText, out _), $"byte {index}");
        }
    }

    [Fact]
    public void WhatIsCutOffOrMovedIsNoticed()
    {
        var payload = Sent(200, isText: false);
        var moved = payload.ToArray();
        payload.AsSpan(100, 8).CopyTo(moved.AsSpan(132));
        payload.AsSpan(132, 8).CopyTo(moved.AsSpan(100));

        Assert.False(MessageStamp.TryRead(payload.AsSpan(0, 199), isText: false, out _));
        Assert.False(MessageStamp.TryRead(payload.AsSpan(0, 31), isText: false, out _));
        Assert.False(MessageStamp.TryRead(moved, isText: false, out _));
    }

    [Fact]
    public void AnAcknowledgementIsToldFromOtherNotices()
    {
        Assert.True(RelayV1.TryReadAck("""{"type":"ack","sequence":42,"epoch":1,"offset":9}"""u8, out var sequence));
        Assert.Equal(42, sequence);
        Assert.False(RelayV1.TryReadAck("""{"type":"hello","channel":"x","lastSequence":3}"""u8, out _));
    }

    /// <summary>A payload, unmasked again as a server would.</summary>
    private static byte[] Sent(int bytes, bool isText)
    {
        var template = new MessageTemplate(bytes, isText, isRelayV1: false);
        var frame = new byte[template.FrameBytes];
        template.Write(frame, Stamp);
        var header = ClientFrame.HeaderBytes(bytes);
        var payload = frame[header..];
        for (var index = 0; index < payload.Length; index++)
        {
            payload[index] ^= frame[header - 4 + (index & 3)];
        }

        return payload;
    }
}
