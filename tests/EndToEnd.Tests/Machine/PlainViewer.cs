using System.Net.WebSockets;

namespace OrleansRelay.EndToEnd.Tests.Machine;

/// <summary>A plain viewer: gets exactly the messages.</summary>
internal sealed class PlainViewer : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();

    public static async Task<PlainViewer> OpenAsync(RelayProcess relay, string channel)
    {
        PlainViewer viewer = new();
        await viewer._socket.ConnectAsync(new Uri(relay.WebSocketAddress, $"viewer/{channel}"), CancellationToken.None).WithinTest("the viewer to connect");
        return viewer;
    }

    /// <summary>The next message.</summary>
    public async Task<(bool IsText, byte[] Payload)> ReadAsync()
    {
        using MemoryStream message = new();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                throw new InvalidOperationException($"The relay closed the viewer: {_socket.CloseStatus} {_socket.CloseStatusDescription}");
            }

            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return (part.MessageType == WebSocketMessageType.Text, message.ToArray());
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
