using OrleansRelay.LoadTest.Sockets;

namespace OrleansRelay.LoadTest.Tests.Sockets;

public sealed class ServerFrameTests
{
    [Theory]
    [InlineData("8100", 1, true, 2, 0)]
    [InlineData("82026869", 2, true, 2, 2)]
    [InlineData("827D", 2, true, 2, 125)]
    [InlineData("827E007E", 2, true, 4, 126)]
    [InlineData("817EFFFF", 1, true, 4, 65535)]
    [InlineData("827F0000000000010000", 2, true, 10, 65536)]
    [InlineData("0105", 1, false, 2, 5)]
    [InlineData("8005", 0, true, 2, 5)]
    [InlineData("8900", 9, true, 2, 0)]
    [InlineData("880203E8", 8, true, 2, 2)]
    public void HeadersAreRead(string bytes, int opcode, bool isFinal, int headerBytes, int payloadBytes)
    {
        Assert.Equal(ReadOutcome.Header, ServerFrame.TryRead(Convert.FromHexString(bytes), out var frame));
        Assert.Equal(new ServerFrame((Opcode)opcode, isFinal, headerBytes, payloadBytes), frame);
    }

    [Theory]
    [InlineData("")]
    [InlineData("81")]
    [InlineData("827E00")]
    [InlineData("827F00000000000100")]
    public void ABeginningNeedsMore(string bytes) => Assert.Equal(ReadOutcome.NeedMore, ServerFrame.TryRead(Convert.FromHexString(bytes), out _));

    [Theory]
    [InlineData("C100")]
    [InlineData("8180")]
    [InlineData("8300")]
    [InlineData("8B00")]
    [InlineData("827FFFFFFFFFFFFFFFFF")]
    [InlineData("827F0000000080000000")]
    public void WhatNoServerMaySendIsBroken(string bytes) => Assert.Equal(ReadOutcome.Broken, ServerFrame.TryRead(Convert.FromHexString(bytes), out _));

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public async Task OurFramesAreReadByTheFramework(int length)
    {
        var payload = new byte[length];
        new Random(2).NextBytes(payload);
        var frame = new byte[ClientFrame.HeaderBytes(length) + length];

        ClientFrame.Write(frame, Opcode.Binary, payload);

        using var socket = System.Net.WebSockets.WebSocket.CreateFromStream(new MemoryStream(frame), new() { IsServer = true });
        var read = new byte[length + 1];
        var count = 0;
        System.Net.WebSockets.ValueWebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(read.AsMemory(count), CancellationToken.None);
            count += result.Count;
        }
        while (!result.EndOfMessage);

        Assert.Equal(payload, read[..count]);
    }
}
