using System.Net.Sockets;
using OrleansRelay.Gateway.Viewers;

namespace OrleansRelay.Gateway.Shortcut;

/// <summary>A socket as the stream that the framework's WebSocket reads and writes.</summary>
/// <remarks>
/// Not the framework's <see cref="NetworkStream"/>: that wants a socket which blocks, and <see cref="DirectOutput"/> one which doesn't. And that
/// closes the socket when the WebSocket has closed: <see cref="SocketHandshake"/> does, once the connection's place is free.
/// </remarks>
internal sealed class SocketStream(Socket socket, DirectOutput output) : AsyncOnlyStream
{
    /// <summary>
    /// A read of nothing doesn't wait: the WebSocket's next read does, into a small buffer that it has anyhow. Were the socket asked for nothing
    /// first, each message would cost two more calls of the system.
    /// </summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? ValueTask.FromResult(0) : socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => output.WriteAsync(buffer, cancellationToken);
}
