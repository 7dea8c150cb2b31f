using OrleansRelay.LoadTest.Sockets;

namespace OrleansRelay.LoadTest.Targets;

/// <summary>How another relay's clients speak within WebSocket messages, where a message of the channel isn't simply a WebSocket message.</summary>
internal interface ITargetProtocol
{
    /// <summary>What <c>--protocol</c> calls it.</summary>
    string Name { get; }

    /// <summary>Whether it carries text only, so that <c>--text</c> must be given.</summary>
    bool IsTextOnly { get; }

    /// <summary>Begins what one connection says.</summary>
    IConversation Begin(ConnectionSide side, string channel);

    /// <summary>What goes around each published payload of a length.</summary>
    Envelope EnvelopeOf(string channel, int payloadBytes);
}

/// <summary>What a connection does for the run.</summary>
internal enum ConnectionSide
{
    /// <summary>It publishes into a channel.</summary>
    Publisher,

    /// <summary>It watches a channel.</summary>
    Viewer,
}

/// <summary>What one connection says and hears beside payloads.</summary>
internal interface IConversation
{
    /// <summary>Said once the WebSocket is open.</summary>
    void Greet(LoadConnection connection);

    /// <summary>Reads one WebSocket message: says when the server is ready for this connection, and hands the payloads on.</summary>
    /// <param name="connection">To answer, and to hand them to.</param>
    /// <param name="message">What came; valid during the call.</param>
    /// <param name="at">When.</param>
    void Read(LoadConnection connection, ReadOnlySpan<byte> message, long at);
}

/// <summary>The bytes around a payload, and the kind of WebSocket message that they make.</summary>
internal sealed record Envelope(byte[] Before, byte[] After, Opcode Opcode);
