using System.Net.WebSockets;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Tests.Wire;

/// <summary>Our frames, read by the framework's WebSocket.</summary>
public sealed class WebSocketFrameTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(125, 2)]
    [InlineData(126, 4)]
    [InlineData(127, 4)]
    [InlineData(65535, 4)]
    [InlineData(65536, 10)]
    [InlineData(200_000, 10)]
    public async Task EveryLengthIsReadBack(int length, int headerBytes)
    {
        var payload = new byte[length];
        new Random(1).NextBytes(payload);

        var frame = WebSocketFrame.ToArray(MessageKind.Binary, payload);

        Assert.Equal(headerBytes + length, frame.Length);
        Assert.Equal(headerBytes, WebSocketFrame.HeaderBytes(length));
        using var socket = WebSocket.CreateFromStream(new MemoryStream(frame), new WebSocketCreationOptions { IsServer = false });
        using var read = new MemoryStream();
        var buffer = new byte[length + 1];
        ValueWebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            read.Write(buffer, 0, result.Count);
        }
        while (!result.EndOfMessage);

        Assert.Equal(WebSocketMessageType.Binary, result.MessageType);
        Assert.True(payload.AsSpan().SequenceEqual(read.ToArray()));
    }
}
