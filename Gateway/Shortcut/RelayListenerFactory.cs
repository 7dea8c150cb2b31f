using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace OrleansRelay.Gateway.Shortcut;

/// <summary>Listens for the server, so that each connection is seen before the server makes anything of it.</summary>
internal sealed class RelayListenerFactory(
    FirstBytes firstBytes, ConnectionShortcut shortcut, IOptions<SocketTransportOptions> options, ILogger<RelayListener> logger) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>Sockets of the file system, and those that are handed in, are left to the framework.</summary>
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    /// <summary>Begins to listen.</summary>
    /// <exception cref="AddressInUseException">Somebody else does.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var transport = options.Value;
        Socket socket;
        try
        {
            socket = transport.CreateBoundListenSocket(endpoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception);
        }

        socket.Listen(transport.Backlog);
        var ordinary = new SocketConnectionContextFactory(
            new SocketConnectionFactoryOptions { MaxReadBufferSize = transport.MaxReadBufferSize, MaxWriteBufferSize = transport.MaxWriteBufferSize },
            logger);
        return ValueTask.FromResult<IConnectionListener>(new RelayListener(socket, ordinary, firstBytes, shortcut, logger));
    }
}
