using OrleansRelay.Channels;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Tests.Wire;

public sealed class ReceivedFrameTests
{
    [Theory]
    [InlineData(0, 6)]
    [InlineData(125, 6)]
    [InlineData(126, 8)]
    [InlineData(65535, 8)]
    [InlineData(65536, 14)]
    public void AHeaderIsReadOnceItIsThere(int length, int headerBytes)
    {
        var bytes = RawSocket.ToFrame(2, new byte[length]);
        for (var there = 0; there < headerBytes; there++)
        {
            Assert.Equal((there, false), (there, ReceivedFrame.TryRead(bytes.AsSpan(..there), out _)));
        }

        Assert.True(ReceivedFrame.TryRead(bytes.AsSpan(..headerBytes), out var frame));
        Assert.Equal((headerBytes, length, bytes.Length, MessageKind.Binary, true), (frame.HeaderBytes, frame.PayloadBytes, frame.Bytes, frame.Kind, frame.IsMessage));
    }

    [Fact]
    public void TheSampleOfTheRfcIsUnmaskedAsThere()
    {
        byte[] sample = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];

        Assert.True(ReceivedFrame.TryRead(sample, out var frame));
        var payload = new byte[5];
        frame.Unmask(sample.AsSpan(frame.HeaderBytes), payload);

        Assert.Equal("Hello"u8, payload);
        Assert.Equal(MessageKind.Text, frame.Kind);
    }

    [Fact]
    public void EveryLengthIsUnmaskedWhereverItLies()
    {
        var random = new Random(7);
        for (var length = 0; length < 300; length++)
        {
            var payload = new byte[length];
            random.NextBytes(payload);
            var bytes = RawSocket.ToFrame(1, payload);
            Assert.True(ReceivedFrame.TryRead(bytes, out var frame));

            var inPlace = bytes.AsSpan(frame.HeaderBytes);
            frame.Unmask(inPlace, inPlace);

            Assert.Equal(payload, inPlace);
        }
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x80)]
    [InlineData(0x88)]
    [InlineData(0x89)]
    [InlineData(0xc1)]
    [InlineData(0x83)]
    public void AFragmentAControlFrameAndWhatIsReservedAreNoMessages(byte first)
    {
        Assert.True(ReceivedFrame.TryRead([first, 0x80, 0, 0, 0, 0], out var frame));
        Assert.False(frame.IsMessage);
    }

    [Fact]
    public void NeitherIsAFrameWithoutMask()
    {
        Assert.True(ReceivedFrame.TryRead([0x81, 0x00], out var frame));
        Assert.Equal((false, 2L), (frame.IsMessage, frame.Bytes));
    }

    [Theory]
    [InlineData(0x80)]
    [InlineData(0xff)]
    [InlineData(0x7f)]
    public void ALengthThatNobodyHasIsTheLongestThereIs(byte highest)
    {
        Assert.True(ReceivedFrame.TryRead([0x82, 0xff, highest, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4], out var frame));
        Assert.Equal((long.MaxValue, long.MaxValue), (frame.PayloadBytes, frame.Bytes));
    }
}
