using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Tests.Deflate;

public sealed class FrameDeflaterTests : IDisposable
{
    private const int Smallest = 100;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<GatewayMetrics>().BuildServiceProvider();
    private readonly DeflateCount _count;
    private readonly FrameDeflater _deflater;

    public FrameDeflaterTests()
    {
        _count = new DeflateCount(_services);
        _deflater = New(windowBits: 12);
    }

    [Theory]
    [InlineData(MessageKind.Text, 100)]
    [InlineData(MessageKind.Binary, 125)]
    [InlineData(MessageKind.Text, 126)]
    [InlineData(MessageKind.Text, 65_535)]
    [InlineData(MessageKind.Binary, 300_000)]
    public void WhatShrinksIsTheSameMessageInAFrameWithRsv1(MessageKind kind, int bytes)
    {
        var message = Numbers(bytes);

        var frame = _deflater.Shrink(WebSocketFrame.ToArray(kind, message)).ToArray();

        Assert.Equal(0xc0 | (byte)kind, frame[0]);
        Assert.Equal(message, Inflate(frame));
        Assert.Equal(1, _count.Smaller);
    }

    [Fact]
    public void EachMessageStandsAlone()
    {
        var frame = WebSocketFrame.ToArray(MessageKind.Text, Numbers(1000));
        var first = _deflater.Shrink(frame).ToArray();

        Assert.Equal(first, _deflater.Shrink(frame).ToArray());
        Assert.Equal(first, New(windowBits: 12).Shrink(frame).ToArray());
    }

    [Theory]
    [InlineData(9)]
    [InlineData(12)]
    public void NothingRefersBackFurtherThanTheWindow(int windowBits)
    {
        // A block of noise comes again after exactly one byte more than the window: a larger window would find it.
        var noise = Noise((1 << windowBits) + 1);
        byte[] twice = [.. noise, .. noise];

        Assert.True(New(windowBits).Shrink(WebSocketFrame.ToArray(MessageKind.Binary, twice)).Length > twice.Length * 9 / 10);
        Assert.True(New(windowBits + 2).Shrink(WebSocketFrame.ToArray(MessageKind.Binary, twice)).Length < twice.Length * 6 / 10);
    }

    [Fact]
    public void WhatIsBelowTheThresholdIsNotTried()
    {
        var frame = WebSocketFrame.ToArray(MessageKind.Text, new byte[Smallest - 1]);

        Assert.Equal(frame, _deflater.Shrink(frame).ToArray());
        Assert.Equal((0, 0), (_count.Smaller, _count.Kept));
    }

    [Fact]
    public void WhatDoesNotShrinkGoesAsItIs()
    {
        var frame = WebSocketFrame.ToArray(MessageKind.Binary, Noise(1000));

        Assert.Equal(frame, _deflater.Shrink(frame).ToArray());
        Assert.Equal((0, 1), (_count.Smaller, _count.Kept));
    }

    [Fact]
    public void WhatNeverShrinksIsTriedLessAndLess()
    {
        var video = WebSocketFrame.ToArray(MessageKind.Binary, Noise(1000));
        for (var count = 0; count < 1000; count++)
        {
            _deflater.Shrink(video);
        }

        // 1, 2, 4 .. 64 go untried, then 64 after each: 7 attempts in the first 134, one in 65 after that.
        Assert.Equal(7 + (1000 - 134 + 64) / 65, _count.Kept);
    }

    [Fact]
    public void OnceSomethingShrinksAllIsTriedAgain()
    {
        var video = WebSocketFrame.ToArray(MessageKind.Binary, Noise(1000));
        var text = WebSocketFrame.ToArray(MessageKind.Text, Numbers(1000));
        for (var count = 0; count < 200; count++)
        {
            _deflater.Shrink(video);
        }

        while (_count.Smaller == 0)
        {
            _deflater.Shrink(text);
        }

        Assert.True(_deflater.Shrink(text).Length < text.Length);
    }

    public void Dispose()
    {
        _count.Dispose();
        _services.Dispose();
    }

    private FrameDeflater New(int windowBits) =>
        new(new DeflateOptions { IsEnabled = true, MinBytes = Smallest, WindowBits = windowBits }, _services.GetRequiredService<GatewayMetrics>());

    private static byte[] Numbers(int bytes) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, bytes)).AsSpan(0, bytes).ToString());

    private static byte[] Noise(int bytes)
    {
        var noise = new byte[bytes];
        new Random(1).NextBytes(noise);
        return noise;
    }

    private static byte[] Inflate(byte[] frame)
    {
        using var inflate = new DeflateStream(new MemoryStream([.. WebSocketFrame.PayloadOf(frame).Span, 0, 0, 0xff, 0xff]), CompressionMode.Decompress);
        var message = new MemoryStream();
        inflate.CopyTo(message);
        return message.ToArray();
    }
}
