using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>What carries one viewer's bytes: a WebSocket or an SSE response.</summary>
internal interface IViewerTransport
{
    /// <summary>Shakes hands. What the transport itself has to send meanwhile or later, such as a pong, it sends through the pump.</summary>
    /// <returns>The stream that whole frames are written to.</returns>
    ValueTask<Stream> OpenAsync(ViewerPump pump);

    /// <summary>Completes, without an exception, when the peer has gone or has closed.</summary>
    Task WatchAsync();

    /// <summary>Sends what keeps a silent connection open, when it is time. Called every few seconds, by one thread.</summary>
    /// <param name="now">Time on the caller's clock, which never goes back.</param>
    /// <param name="next">When it is called again.</param>
    /// <returns>False when the peer has not answered in time and must be cut off.</returns>
    bool Beat(TimeSpan now, TimeSpan next);

    /// <summary>Sends the code that ends the connection, through the pump.</summary>
    Task CloseAsync(CloseCode code);

    /// <summary>Cuts the connection off; <see cref="WatchAsync"/> then completes.</summary>
    void Abort();
}
