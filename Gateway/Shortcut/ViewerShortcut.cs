using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Shortcut;

/// <summary>Serves a viewer whose handshake takes the shortcut.</summary>
internal sealed class ViewerShortcut(ViewerConnection viewers, IOptions<ViewerOptions> options)
{
    /// <summary>Serves it to its end; does nothing when the ordinary way has to refuse it.</summary>
    public Task ServeAsync(SocketHandshake handshake)
    {
        var request = handshake.Request;
        return ViewerStart.TryParse(request.Query, lastEventId: null, out var start, out _)
            ? viewers.RunAsync(request.Channel, request.AsksForV1 ? ViewerFormat.RelayV1 : ViewerFormat.Plain, start, exceptSender: 0, new WebSocketTransport(handshake, options.Value))
            : Task.CompletedTask;
    }
}
