namespace OrleansRelay.Channels;

/// <summary>How a message came in, and so how it leaves. The values are WebSocket's opcodes (RFC 6455, section 11.8).</summary>
public enum MessageKind : byte
{
    /// <summary>Valid UTF-8, sent to viewers as a text frame.</summary>
    Text = 1,

    /// <summary>Any bytes, sent to viewers as a binary frame.</summary>
    Binary = 2,
}

/// <summary>One message of a channel: opaque bytes and what the relay itself knows of them.</summary>
/// <remarks>The bytes belong to the message from its creation on: nobody writes to them, so every stage shares them.</remarks>
[GenerateSerializer, Immutable, Alias("relay.message")]
public readonly record struct Message
{
    /// <summary>The payload, the same bytes that the publisher sent.</summary>
    [Id(0)]
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Text or binary.</summary>
    [Id(1)]
    public MessageKind Kind { get; init; }

    /// <summary>When a gateway had the whole message, in microseconds since 1970.</summary>
    [Id(2)]
    public long PublishedAt { get; init; }

    /// <summary>The member that sent it, so that it isn't sent back to it; 0 where senders have no name.</summary>
    [Id(3)]
    public long Sender { get; init; }
}
