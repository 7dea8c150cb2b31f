using System.Net.WebSockets;
using System.Text.Json;

namespace OrleansRelay.TestKit.Clients;

/// <summary>A viewer over WebSocket: plain, or with subprotocol relay.v1.</summary>
public sealed class WebSocketViewer : IViewer
{
    private readonly ClientWebSocket _socket = new();
    private readonly WebSocketReader _reader;

    private WebSocketViewer() => _reader = new WebSocketReader(_socket);

    /// <summary>Connects to an address such as <c>viewer/chess?tail=5</c>.</summary>
    public static async Task<WebSocketViewer> OpenAsync(Uri relay, string path, bool isV1 = false, WebSocketDeflateOptions? deflate = null)
    {
        var viewer = new WebSocketViewer();
        viewer._socket.Options.DangerousDeflateOptions = deflate;
        viewer._socket.Options.Proxy = null;
        if (isV1)
        {
            viewer._socket.Options.AddSubProtocol("relay.v1");
        }

        await viewer._socket.ConnectAsync(new Uri(new UriBuilder(relay) { Scheme = "ws" }.Uri, path), CancellationToken.None).WithinTest($"a viewer to connect to {path}");
        return viewer;
    }

    public async Task<ViewerEvent> NextAsync()
    {
        var (type, bytes) = await _reader.ReadAsync();
        if (type == WebSocketMessageType.Close)
        {
            return new ViewerEvent { CloseCode = _reader.CloseCode, CloseReason = _socket.CloseStatusDescription ?? "" };
        }

        if (_socket.SubProtocol is null)
        {
            return new ViewerEvent { IsMessage = true, IsText = type == WebSocketMessageType.Text, Payload = bytes };
        }

        return type == WebSocketMessageType.Text
            ? new ViewerEvent { Notice = JsonDocument.Parse(bytes).RootElement }
            : RelayV1.ReadViewerMessage(bytes);
    }

    /// <summary>Says something, which the relay of a viewer ignores and that of a hub member passes on.</summary>
    public Task SayAsync(byte[] payload, bool isText) => _socket
        .SendAsync(payload, isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None)
        .WithinTest("something said to be sent");

    /// <summary>Closes in good order.</summary>
    public Task CloseAsync() => _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).WithinTest("the viewer's close to be answered");

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
