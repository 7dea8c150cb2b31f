using System.Net;
using System.Net.Sockets;

namespace OrleansRelay.Gateway.Tests;

/// <summary>A connection on the loopback, both ends of it.</summary>
internal sealed class SocketPair : IDisposable
{
    public SocketPair()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Peer.Connect(listener.LocalEndPoint!);
        Accepted = listener.Accept();
    }

    /// <summary>The client's end.</summary>
    public Socket Peer { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>The relay's end.</summary>
    public Socket Accepted { get; }

    public void Dispose()
    {
        Peer.Dispose();
        Accepted.Dispose();
    }
}
