using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>What carries one viewer's bytes: a WebSocket or an SSE response.</summary>
internal interface IViewerTransport
{
    /// <summary>Shakes hands. What the transport itself has to send meanwhile or later, such as a pong, it sends through the pump.</summary>
    /// <returns>The stream that whole frames are written to.</returns>
    Task<Stream> OpenAsync(ViewerPump pump);

    /// <summary>Completes, without an exception, when the peer has gone or has closed.</summary>
    Task WatchAsync();

    /// <summary>Sends the code that ends the connection, through the pump.</summary>
    Task CloseAsync(CloseCode code);
}
