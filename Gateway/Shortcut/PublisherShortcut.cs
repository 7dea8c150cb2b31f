using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Ingest;
using OrleansRelay.Gateway.Viewers;

namespace OrleansRelay.Gateway.Shortcut;

/// <summary>Serves a publisher whose handshake takes the shortcut.</summary>
/// <remarks>Measured with 200 channels x 5 viewers at 10,000 messages of 64 B a second: 11.3 µs a delivery through the server's connection and HTTP, 9.2 on the socket.</remarks>
internal sealed class PublisherShortcut(IServiceProvider services, WebSocketPublisher publishers, IOptions<ViewerOptions> options)
{
    /// <summary>
    /// One try, as of one who has gone: to take a channel over that somebody else has, one must know that the publisher is still there, and the
    /// ordinary way does.
    /// </summary>
    private static readonly CancellationToken OneTry = new(canceled: true);

    /// <summary>Serves it to its end; does nothing when the ordinary way has to refuse it.</summary>
    public async Task ServeAsync(SocketHandshake handshake)
    {
        if (!PublisherStart.TryParse(handshake.Request.Query, out var start, out _))
        {
            return;
        }

        await using var session = ActivatorUtilities.CreateInstance<PublisherSession>(services, handshake.Request.Channel, start.PublisherId);
        var opened = await session.OpenAsync(start.StartsAnew, OneTry);
        if (!opened.IsAccepted)
        {
            return;
        }

        var isV1 = handshake.Request.AsksForV1;
        var (socket, frames) = await handshake.AcceptAsync(new WebSocketCreationOptions { KeepAliveInterval = options.Value.PingEvery, KeepAliveTimeout = options.Value.PongWithin });
        await publishers.RunAsync(socket, session, opened, isV1, meter: null, frames, CancellationToken.None);
    }
}
