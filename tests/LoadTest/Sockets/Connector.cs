using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace OrleansRelay.LoadTest.Sockets;

/// <summary>One address to connect to: resolved once, its request written once.</summary>
internal sealed unsafe partial class Connector(Uri url, IPEndPoint endPoint, string? subprotocol)
{
    /// <summary>The handshake's request.</summary>
    public byte[] Request { get; } = Handshake.Request(url, subprotocol);

    /// <summary>Where it leads.</summary>
    public Uri Url => url;

    /// <summary>Begins to connect without waiting.</summary>
    /// <param name="receiveBufferBytes">A small kernel buffer, for a viewer that is to be seen as slow.</param>
    public Socket Begin(int? receiveBufferBytes)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        if (receiveBufferBytes is { } bytes)
        {
            socket.ReceiveBufferSize = bytes;
        }

        if (OperatingSystem.IsLinux())
        {
            // Socket.Connect throws "would block" for each: 10,000 exceptions would be measured as the relay's connect rate.
            var address = endPoint.Serialize();
            fixed (byte* name = address.Buffer.Span)
            {
                _ = Connect((int)socket.Handle, name, address.Size);
            }
        }
        else
        {
            try
            {
                socket.Connect(endPoint);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // Goes on by itself.
            }
        }

        return socket;
    }

    [LibraryImport("libc", EntryPoint = "connect")]
    private static partial int Connect(int socket, byte* name, int bytes);
}
