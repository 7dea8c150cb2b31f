using System.Net.WebSockets;

namespace OrleansRelay.Gateway.Wire;

/// <summary>Sends the relay's close frame.</summary>
internal static class CloseFrame
{
    /// <summary>Closes with a code of the relay's; a peer that closed first gets its own code back (RFC 6455, section 5.5.1), or 1000 where it gave none.</summary>
    public static Task CloseOutputAsync(this WebSocket socket, CloseCode code, CancellationToken cancellationToken) =>
        code == CloseCode.Normal && socket.CloseStatus is { } given
            ? socket.CloseOutputAsync(given, statusDescription: null, cancellationToken)
            : socket.CloseOutputAsync((WebSocketCloseStatus)code.Code, code.Text, cancellationToken);
}
