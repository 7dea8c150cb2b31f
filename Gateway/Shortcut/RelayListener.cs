using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace OrleansRelay.Gateway.Shortcut;

/// <summary>Accepts connections: those that take the shortcut are served here, all others are the server's.</summary>
/// <remarks>
/// <code>
///   accept ──▶ first bytes (looked at, not taken) ──▶ ConnectionShortcut ──no──▶ the server: HTTP, TLS, HTTP/2, and everything that has to be refused
/// </code>
/// </remarks>
internal sealed partial class RelayListener : IConnectionListener
{
    /// <summary>When the process has as many files open as it may, the next one to close is waited for.</summary>
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMilliseconds(100);

    private readonly Channel<ConnectionContext> _ordinary = Channel.CreateUnbounded<ConnectionContext>();
    private readonly Socket _socket;
    private readonly SocketConnectionContextFactory _factory;
    private readonly FirstBytes _firstBytes;
    private readonly ConnectionShortcut _shortcut;
    private readonly ILogger _logger;
    private readonly Task _accepting;

    /// <summary>Begins to accept on a socket that listens.</summary>
    public RelayListener(Socket socket, SocketConnectionContextFactory factory, FirstBytes firstBytes, ConnectionShortcut shortcut, ILogger logger)
    {
        (_socket, _factory, _firstBytes, _shortcut, _logger) = (socket, factory, firstBytes, shortcut, logger);
        EndPoint = socket.LocalEndPoint!;
        _accepting = Task.Run(AcceptAllAsync);
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _ordinary.Reader.WaitToReadAsync(cancellationToken) && _ordinary.Reader.TryRead(out var connection) ? connection : null;

    /// <inheritdoc/>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _socket.Dispose();
        await _accepting;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        _factory.Dispose();
    }

    private async Task AcceptAllAsync()
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await _socket.AcceptAsync());
            }
            catch (Exception exception) when (exception is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.InvalidArgument })
            {
                _ordinary.Writer.TryComplete();
                return;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                Log.Full(_logger, exception.Message);
                await Task.Delay(AfterRefusal, TimeProvider.System, CancellationToken.None);
            }
            catch (SocketException)
            {
                // The client went while it was waiting to be accepted.
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            if (!await _firstBytes.WaitAsync(socket))
            {
                socket.Dispose();
                return;
            }

            if (await _shortcut.TryServeAsync(socket))
            {
                return;
            }

            if (!_ordinary.Writer.TryWrite(_factory.Create(socket)))
            {
                socket.Dispose();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It went without a word.
            socket.Dispose();
        }
        catch (Exception exception)
        {
            // Nobody waits for this: it would be lost, and the connection left open.
            Log.Failed(_logger, exception);
            socket.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "No connection can be accepted: {Why}", EventName = "NotAccepted")]
        public static partial void Full(ILogger logger, string why);

        [LoggerMessage(2, LogLevel.Warning, "A connection could not be served.", EventName = "NotServed")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
