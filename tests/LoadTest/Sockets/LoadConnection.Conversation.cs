using OrleansRelay.LoadTest.Targets;

namespace OrleansRelay.LoadTest.Sockets;

/// <summary>What lies between WebSocket messages and payloads: nothing, or another relay's protocol.</summary>
internal sealed partial class LoadConnection
{
    private readonly IConversation? _conversation;

    /// <summary>Sends one message of a conversation.</summary>
    public void Say(Opcode opcode, ReadOnlySpan<byte> message)
    {
        ClientFrame.Write(Reserve(ClientFrame.HeaderBytes(message.Length) + message.Length), opcode, message);
        Flush();
    }

    /// <summary>The server is ready for what this connection is for.</summary>
    public void ServerIsReady()
    {
        if (!WasOpen)
        {
            (IsOpen, WasOpen) = (true, true);
            _role.Opened(this);
        }
    }

    /// <summary>A payload has come.</summary>
    public void Deliver(Opcode opcode, ReadOnlySpan<byte> payload, long at) => _role.Received(this, opcode, payload, at);

    /// <summary>The server said what it may not say.</summary>
    public void Break(string why) => End(new ConnectionEnd(false, 0, why));

    private void OnMessage(Opcode opcode, ReadOnlySpan<byte> message, long at)
    {
        if (_conversation is null)
        {
            Deliver(opcode, message, at);
        }
        else
        {
            _conversation.Read(this, message, at);
        }
    }
}
