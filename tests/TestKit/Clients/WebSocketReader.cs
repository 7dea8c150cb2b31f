using System.Net.WebSockets;

namespace OrleansRelay.TestKit.Clients;

/// <summary>Reads whole messages from a WebSocket of the framework.</summary>
internal sealed class WebSocketReader(ClientWebSocket socket)
{
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>The next message; the type says when it is the close. A connection that breaks off reads as a close without a code.</summary>
    public async Task<(WebSocketMessageType Type, byte[] Payload)> ReadAsync()
    {
        using var message = new MemoryStream();
        while (true)
        {
            ValueWebSocketReceiveResult part;
            try
            {
                part = await socket.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None);
            }
            catch (WebSocketException)
            {
                return (WebSocketMessageType.Close, []);
            }

            message.Write(_buffer, 0, part.Count);
            if (part.MessageType == WebSocketMessageType.Close || part.EndOfMessage)
            {
                return (part.MessageType, message.ToArray());
            }
        }
    }

    /// <summary>The code that the relay closed with, or -1 when it did not say one.</summary>
    public int CloseCode => (int?)socket.CloseStatus ?? -1;
}
