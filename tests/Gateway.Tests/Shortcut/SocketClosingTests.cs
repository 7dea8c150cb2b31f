using System.Net.WebSockets;
using System.Text;
using OrleansRelay.Gateway.Ingest;
using OrleansRelay.Gateway.Shortcut;
using OrleansRelay.Gateway.Viewers;

namespace OrleansRelay.Gateway.Tests.Shortcut;

/// <summary>When a connection's socket is closed: not by its WebSocket, which is done before the connection's place is free, but not later than it must.</summary>
public sealed class SocketClosingTests : IDisposable
{
    private readonly SocketPair _sockets = new();
    private readonly DirectOutput _output;

    public SocketClosingTests() => _output = DirectOutput.TryCreate(_sockets.Accepted)!;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AWebSocketThatHasClosedLeavesItOpen(bool isPublisher)
    {
        using var stream = isPublisher ? (Stream)new FrameStream(_sockets.Accepted, _output) : new SocketStream(_sockets.Accepted, _output);
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        await _sockets.Peer.SendAsync(RawSocket.ToFrame(8, RawSocket.CloseWith(1000)));
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(new byte[16], CancellationToken.None)).MessageType);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

        await _output.WriteAsync("still open"u8.ToArray());

        var received = new byte[64];
        var text = "";
        while (!text.EndsWith("still open", StringComparison.Ordinal))
        {
            var count = await _sockets.Peer.ReceiveAsync(received).WithinTest("what was written after the close");
            Assert.NotEqual(0, count);
            text += Encoding.Latin1.GetString(received, 0, count);
        }
    }

    [Fact]
    public async Task AReadThatWaitsEndsWithItsStream()
    {
        using var stream = new FrameStream(_sockets.Accepted, _output);
        var reading = stream.ReceiveAsync().AsTask();
        Assert.False(reading.IsCompleted);

        stream.Dispose();

        Assert.Equal(0, await reading.WithinTest("the read to end"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AWriteThatNobodyTakesEndsWithItsStream(bool isDisposedFirst)
    {
        using var stream = new FrameStream(_sockets.Accepted, _output);
        if (isDisposedFirst)
        {
            stream.Dispose();
        }

        var writing = stream.WriteAsync(new byte[64 << 20]).AsTask();
        stream.Dispose();

        await Assert.ThrowsAnyAsync<Exception>(() => writing.WithinTest("the write to end"));
        Assert.True(writing.IsFaulted || writing.IsCanceled);
    }

    public void Dispose() => _sockets.Dispose();
}
