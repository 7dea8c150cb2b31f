using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers.Shortcut;

/// <summary>Answers a viewer's handshake on the connection itself.</summary>
/// <param name="connection">The connection.</param>
/// <param name="output">Its socket.</param>
/// <param name="request">What was asked for.</param>
/// <param name="end">Where the request ends among the bytes that were read. They are taken with the answer and not before, so that until then the ordinary way is open.</param>
internal sealed class ShortcutHandshake(ConnectionContext connection, DirectOutput output, ShortcutRequest request, SequencePosition end) : IViewerHandshake
{
    private static ReadOnlySpan<byte> Beginning => "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "u8;

    private static ReadOnlySpan<byte> ProtocolV1 => "Sec-WebSocket-Protocol: relay.v1\r\n"u8;

    private ShortcutRequest? _request = request;

    /// <summary>Whether the answer has been sent.</summary>
    public bool IsAnswered => _request is null;

    /// <inheritdoc/>
    public InflateMeter? Meter => null;

    /// <summary>Never: a read of the connection ends with it.</summary>
    public CancellationToken Aborted => CancellationToken.None;

    /// <inheritdoc/>
    public async ValueTask<(WebSocket Socket, Stream Output)> AcceptAsync(ViewerPump pump, Heartbeat heartbeat)
    {
        var (answer, subprotocol) = (AnswerTo(_request!), _request!.AsksForV1 ? RelayV1Frame.Subprotocol : null);
        _request = null;
        connection.Transport.Input.AdvanceTo(end);
        await output.WriteAsync(answer);
        var socket = WebSocket.CreateFromStream(new OutboundStream(new InboundPipe(connection.Transport.Input), pump, heartbeat), new WebSocketCreationOptions
        {
            IsServer = true,
            SubProtocol = subprotocol,
            KeepAliveInterval = TimeSpan.Zero,
        });
        return (socket, output);
    }

    /// <inheritdoc/>
    public void Abort() => connection.Abort();

    private static byte[] AnswerTo(ShortcutRequest request)
    {
        var protocol = request.AsksForV1 ? ProtocolV1 : [];
        return [.. Beginning, .. request.Accept.Span, .. "\r\n"u8, .. protocol, .. "\r\n"u8];
    }
}
