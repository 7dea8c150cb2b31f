using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers.Shortcut;

/// <summary>Serves viewers on the connection itself, without the server's HTTP above it.</summary>
/// <remarks>
/// <code>
///   first bytes ──▶ a viewer's handshake, whole and exactly? ─yes─▶ 101 ──▶ ViewerConnection
///                     │no, too late, or not now
///                     └─▶ the ordinary way: HTTP, routes, ViewerEndpoint; also for everything that has to be refused
/// </code>
/// The server keeps what it made of a request (its context, headers, streams, middleware) as long as the WebSocket lives: 7 KB of 13
/// for an idle viewer, and most of what a connect costs. What the two ways have in common, from the channel's name to the close, is one code.
/// Over TLS and HTTP/2, behind known proxies, and with compression nothing changes.
/// </remarks>
internal sealed partial class ViewerShortcut(
    FirstBytes firstBytes, GatewayDrain drain, ConnectionLimits limits, ViewerConnection viewers,
    IOptions<ViewerOptions> options, IOptions<GatewayOptions> gateway, IOptions<DeflateOptions> deflate, ILogger<ViewerShortcut> logger)
{
    /// <summary>Serves a connection, or has it served the ordinary way.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate ordinary)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            var (request, start, end) = await ReadAsync(connection.Transport.Input);
            if (request is not null)
            {
                if (await TryServeAsync(connection, socket, request, end))
                {
                    return;
                }

                connection.Transport.Input.AdvanceTo(start);
            }
        }

        await ordinary(connection);
    }

    /// <summary>Looks once at what comes first: a handshake in pieces goes the ordinary way, which has time-outs for the rest.</summary>
    /// <returns>A viewer's handshake, whose bytes are still to be taken, with where they begin and end; or null, and then nothing is taken and nothing counts as looked at.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(ShortcutRequest? Request, SequencePosition Start, SequencePosition End)> ReadAsync(PipeReader input)
    {
        var read = await firstBytes.ReadAsync(input);
        var start = read.Buffer.Start;
        if (!drain.Begun.IsCompleted && ShortcutRequest.TryRead(read.Buffer, gateway.Value.KnownProxies.Length > 0, deflate.Value.IsEnabled, out var request, out var end))
        {
            return (request, start, end);
        }

        input.AdvanceTo(start);
        return default;
    }

    /// <returns>False when it was not answered: the ordinary way says why not.</returns>
    private Task<bool> TryServeAsync(ConnectionContext connection, Socket socket, ShortcutRequest request, SequencePosition end)
    {
        var entered = ChannelRoute.IsOpen(request.Channel) ? limits.TryEnter((connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None, ConnectionRole.Viewer, out _) : null;
        if (entered is null || DirectOutput.TryCreate(socket) is not { } output)
        {
            entered?.Dispose();
            return Task.FromResult(false);
        }

        // Not all in one: an idle viewer would keep the request.
        return ServeAsync(entered, request.Channel, request.AsksForV1 ? ViewerFormat.RelayV1 : ViewerFormat.Plain, request.Start, new ShortcutHandshake(connection, output, request, end));
    }

    private async Task<bool> ServeAsync(IDisposable entered, ChannelName channel, ViewerFormat format, ViewerStart start, ShortcutHandshake handshake)
    {
        using (entered)
        {
            try
            {
                await viewers.RunAsync(channel, format, start, exceptSender: 0, new WebSocketTransport(handshake, options.Value));
            }
            catch (Exception exception) when (exception is IOException or SocketException)
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

            return handshake.IsAnswered;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A viewer of {Channel} failed.", EventName = "ViewerFailed")]
        public static partial void Failed(ILogger logger, Exception exception, ChannelName channel);
    }
}
