using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections.Features;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>Writes a viewer's frames to the connection's own socket, past the server's output pipe.</summary>
/// <remarks>
/// The pipe copies every frame and hands it to another thread. Measured on the trial behind this design: 67 µs against 33 µs of CPU for
/// each viewer's 80 KiB video frame, 0.124 against 0.102 µs for a 64 B message flat out.
/// Three traps. The 101 must have left before the first frame: the server's write buffer is set to 2 bytes (GatewayServices), so the
/// upgrade waits for it. The server may dispose the socket at any moment: a send then fails like one to a peer that is gone. And TLS or
/// HTTP/2 lie between the frames and the socket: there the pipe is used.
/// </remarks>
internal sealed class DirectOutput : AsyncOnlyStream
{
    private readonly Socket _socket;

    private DirectOutput(Socket socket) => _socket = socket;

    public override bool CanRead => false;

    /// <summary>Finds the connection's socket, where frames may be written to it as they are.</summary>
    public static Stream? TryCreate(HttpContext context) =>
        HttpProtocol.IsHttp11(context.Request.Protocol) && context.Features.Get<ITlsHandshakeFeature>() is null
        && context.Features.Get<IConnectionSocketFeature>() is { Socket: { } socket } ? TryCreate(socket) : null;

    /// <summary>Takes over a socket that nothing lies above.</summary>
    /// <returns>Null when it has been closed already; the pipe says so to whoever writes.</returns>
    public static DirectOutput? TryCreate(Socket socket)
    {
        try
        {
            socket.Blocking = false;
            return new DirectOutput(socket);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Sends at once what the kernel takes, from pages that it has already where they are such; the rest when it takes more.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length >= FrameLog.SharedFrameBytes && MemoryMarshal.TryGetMemoryManager<byte, MemoryFile>(buffer, out var file, out var start, out var length)
            && file.TrySend(_socket, start, length) is > 0 and var shared)
        {
            return shared == length ? ValueTask.CompletedTask : SlowWriteAsync(buffer[shared..], cancellationToken);
        }

        var sent = _socket.Send(buffer.Span, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success when sent == buffer.Length => ValueTask.CompletedTask,
            SocketError.Success or SocketError.WouldBlock => SlowWriteAsync(buffer[Math.Max(0, sent)..], cancellationToken),
            _ => throw new SocketException((int)error),
        };
    }

    private async ValueTask SlowWriteAsync(ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        while (rest.Length > 0)
        {
            rest = rest[await _socket.SendAsync(rest, SocketFlags.None, cancellationToken)..];
        }
    }
}
