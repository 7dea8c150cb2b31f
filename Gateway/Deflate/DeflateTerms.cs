namespace OrleansRelay.Gateway.Deflate;

/// <summary>That one connection has permessage-deflate, and what was agreed.</summary>
/// <param name="WindowBits">The window of messages to the client.</param>
/// <param name="Meter">Bounds what is inflated of what it sends.</param>
internal sealed record DeflateTerms(int WindowBits, InflateMeter Meter)
{
    /// <summary>Has the framework answer the handshake so, and inflate what comes in.</summary>
    public void ApplyTo(WebSocketAcceptContext accept)
    {
        accept.DangerousEnableCompression = true;
        accept.DisableServerContextTakeover = true;
        accept.ServerMaxWindowBits = WindowBits;
    }
}
