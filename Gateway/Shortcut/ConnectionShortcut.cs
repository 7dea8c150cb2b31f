using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Viewers;

namespace OrleansRelay.Gateway.Shortcut;

/// <summary>Serves viewers and publishers on the socket itself, without the server's connection and HTTP above it.</summary>
/// <remarks>
/// <code>
///   first bytes ──▶ a handshake, whole and exactly? ─yes─▶ 101 ──▶ ViewerConnection, WebSocketPublisher
///                     │no, or not now
///                     └─▶ the ordinary way: HTTP, routes, endpoints; also for everything that has to be refused
/// </code>
/// The server keeps what it made of a connection and of its request (pipes, context, headers, streams, middleware) as long as the WebSocket
/// lives: an idle viewer takes 4.2 KiB here and about 19 there. And what a publisher sends goes through each of them.
/// What the two ways have in common, from the channel's name to the close, is one code. Over TLS and HTTP/2, behind known proxies, and with
/// compression nothing changes.
/// </remarks>
internal sealed partial class ConnectionShortcut(
    GatewayDrain drain, ConnectionLimits limits, ViewerShortcut viewers, PublisherShortcut publishers,
    IOptions<GatewayOptions> gateway, IOptions<DeflateOptions> deflate, ILogger<ConnectionShortcut> logger)
{
    /// <summary>A longer request goes the ordinary way: cookies of a whole site, say.</summary>
    private const int LongestRequestBytes = 4096;

    /// <summary>Serves a connection whose first bytes have come, and closes it.</summary>
    /// <returns>False when nothing was taken or answered: the ordinary way serves it, or says why not.</returns>
    public async Task<bool> TryServeAsync(Socket socket)
    {
        socket.Blocking = false;
        if (drain.Begun.IsCompleted || Read(socket) is not { } handshake)
        {
            return false;
        }

        var role = handshake.Request.Role;
        var channel = handshake.Request.Channel;
        var entered = ChannelRoute.IsOpen(channel) ? limits.TryEnter(socket.CallerAddress(), role, out _) : null;
        if (entered is null)
        {
            return false;
        }

        // Not all in one: an idle viewer would keep the request.
        return await ServeAsync(entered, channel, handshake, role == ConnectionRole.Viewer ? viewers.ServeAsync(handshake) : publishers.ServeAsync(handshake));
    }

    /// <summary>Looks at what has come without taking it.</summary>
    private SocketHandshake? Read(Socket socket)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LongestRequestBytes);
        try
        {
            var length = socket.Receive(buffer.AsSpan(0, LongestRequestBytes), SocketFlags.Peek, out var error);
            return error == SocketError.Success
                && ShortcutRequest.TryRead(new ReadOnlySequence<byte>(buffer, 0, length), gateway.Value.KnownProxies.Length > 0, deflate.Value.IsEnabled, out var request, out var end)
                && DirectOutput.TryCreate(socket) is { } output
                ? new SocketHandshake(socket, output, request, end.GetInteger()) : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<bool> ServeAsync(IDisposable entered, ChannelName channel, SocketHandshake handshake, Task serving)
    {
        using (entered)
        {
            try
            {
                await serving;
            }
            catch (Exception exception) when (exception is IOException or SocketException or WebSocketException)
            {
                // The client went while it was being answered; there is nobody to tell.
            }
            catch (Exception exception)
            {
                if (handshake.IsAnswered)
                {
                    Log.Failed(logger, exception, channel);
                }
            }
        }

        // Only now: whoever sees the connection end may come again at once, and finds its place free.
        if (handshake.IsAnswered)
        {
            handshake.Close();
        }

        return handshake.IsAnswered;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A connection of {Channel} failed.", EventName = "ConnectionFailed")]
        public static partial void Failed(ILogger logger, Exception exception, ChannelName channel);
    }
}
