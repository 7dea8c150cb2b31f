using System.Net.WebSockets;
using OrleansRelay.Gateway.Deflate;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>Makes a viewer's connection a WebSocket, and is that connection afterwards.</summary>
internal interface IViewerHandshake
{
    /// <summary>Bounds what is inflated of what the peer says; null when nothing is.</summary>
    InflateMeter? Meter { get; }

    /// <summary>Cancelled when the connection is gone, where reading does not end by itself then.</summary>
    CancellationToken Aborted { get; }

    /// <summary>Shakes hands.</summary>
    /// <param name="pump">Takes what the framework's WebSocket writes: pongs and the close.</param>
    /// <param name="heartbeat">Told of each read.</param>
    /// <returns>The framework's side of it, to read from; and where frames are written.</returns>
    ValueTask<(WebSocket Socket, Stream Output)> AcceptAsync(ViewerPump pump, Heartbeat heartbeat);

    /// <summary>Cuts the connection off.</summary>
    void Abort();
}
