using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Shortcut;

/// <summary>Listens for the server, so that each connection is seen before the server makes anything of it.</summary>
internal sealed class RelayListenerFactory(
    FirstBytes firstBytes, ConnectionShortcut shortcut, IOptions<GatewayOptions> options, ILogger<RelayListener> logger) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>The system's own bound on it is lower nearly everywhere.</summary>
    private const int Backlog = 4096;

    /// <summary>Pipes of other systems and sockets that are handed in are the framework's.</summary>
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    /// <summary>Begins to listen.</summary>
    /// <exception cref="AddressInUseException">Somebody else does.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = Bind(endpoint);
        socket.Listen(Backlog);
        var ordinary = new SocketConnectionContextFactory(
            new SocketConnectionFactoryOptions
            {
                MaxReadBufferSize = options.Value.ReadBufferBytes,

                // A write then completes when the kernel has it. What waits for a viewer waits once, in the channel's log, and an upgrade's
                // 101 has left before DirectOutput sends: without this, measured, 0.5 % of viewers got a frame before it.
                MaxWriteBufferSize = 2,
            },
            logger);
        return ValueTask.FromResult<IConnectionListener>(new RelayListener(socket, ordinary, firstBytes, shortcut, logger));
    }

    private Socket Bind(EndPoint endpoint)
    {
        Socket socket;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception);
        }

        if (options.Value.WriteBufferBytes > 0)
        {
            // Connections inherit it.
            socket.SendBufferSize = options.Value.WriteBufferBytes;
        }

        return socket;
    }
}
