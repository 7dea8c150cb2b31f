using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using OrleansRelay.Gateway.Ingest;
using OrleansRelay.Gateway.Shortcut;
using OrleansRelay.Gateway.Viewers;

namespace OrleansRelay.Gateway.Tests.Shortcut;

/// <summary>When a connection's socket is closed: not by its WebSocket, which is done before the connection's place is free, but not later than it must.</summary>
public sealed class SocketClosingTests : IDisposable
{
    private readonly Socket _ours;
    private readonly Socket _peer = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly DirectOutput _output;

    public SocketClosingTests()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _peer.Connect(listener.LocalEndpoint);
        _ours = listener.AcceptSocket();
        _output = DirectOutput.TryCreate(_ours)!;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AWebSocketThatHasClosedLeavesItOpen(bool isPublisher)
    {
        using var stream = isPublisher ? (Stream)new FrameStream(_ours, _output) : new SocketStream(_ours, _output);
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        await _peer.SendAsync(RawSocket.ToFrame(8, RawSocket.CloseWith(1000)));
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(new byte[16], CancellationToken.None)).MessageType);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

        await _output.WriteAsync("still open"u8.ToArray());

        var received = new byte[64];
        var text = "";
        while (!text.EndsWith("still open", StringComparison.Ordinal))
        {
            var count = await _peer.ReceiveAsync(received).WithinTest("what was written after the close");
            Assert.NotEqual(0, count);
            text += Encoding.Latin1.GetString(received, 0, count);
        }
    }

    [Fact]
    public async Task AReadThatWaitsEndsWithItsStream()
    {
        using var stream = new FrameStream(_ours, _output);
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
        using var stream = new FrameStream(_ours, _output);
        if (isDisposedFirst)
        {
            stream.Dispose();
        }

        var writing = stream.WriteAsync(new byte[64 << 20]).AsTask();
        stream.Dispose();

        await Assert.ThrowsAnyAsync<Exception>(() => writing.WithinTest("the write to end"));
        Assert.True(writing.IsFaulted || writing.IsCanceled);
    }

    public void Dispose()
    {
        _ours.Dispose();
        _peer.Dispose();
    }
}
