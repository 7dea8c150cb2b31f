using System.Net;
using System.Net.Sockets;

namespace OrleansRelay.Gateway.Shortcut;

/// <summary>Who is at the other end of a socket, as the limits count callers.</summary>
internal static class SocketCaller
{
    /// <summary>The peer's address; <see cref="IPAddress.None"/> for a socket without one.</summary>
    public static IPAddress CallerAddress(this Socket socket) => (socket.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
}
