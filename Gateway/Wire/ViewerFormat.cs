using System.Buffers;
using System.Text.Json;
using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Wire;

/// <summary>In which form a viewer gets messages. A message is encoded once for each form that some viewer of the gateway has.</summary>
internal enum ViewerFormat
{
    /// <summary>WebSocket frames, text as text.</summary>
    Plain = 0,

    /// <summary>WebSocket frames, all of them binary, as seed 002 sent them.</summary>
    AllBinary = 1,

    /// <summary>Subprotocol relay.v1.</summary>
    RelayV1 = 2,

    /// <summary>Server-Sent Events.</summary>
    Sse = 3,

    /// <summary><see cref="Plain"/>, compressed where that makes it smaller.</summary>
    PlainDeflated = 4,

    /// <summary><see cref="AllBinary"/>, compressed where that makes it smaller.</summary>
    AllBinaryDeflated = 5,

    /// <summary><see cref="RelayV1"/>, compressed where that makes it smaller.</summary>
    RelayV1Deflated = 6,
}

/// <summary>Encodes messages and notices in a viewer's form.</summary>
internal static class ViewerFormats
{
    /// <summary>How many forms there are.</summary>
    public const int Count = 7;

    /// <summary>The most that a WebSocket frame has before a message's payload.</summary>
    public const int MaxHeadBytes = WebSocketFrame.MaxHeaderBytes + RelayV1Frame.ViewerHeaderBytes;

    /// <summary>Whether viewers of this form are told of positions, gaps and ends.</summary>
    public static bool HasNotices(this ViewerFormat format) => format is ViewerFormat.RelayV1 or ViewerFormat.RelayV1Deflated or ViewerFormat.Sse;

    /// <summary>Whether its frames are compressed after they are written.</summary>
    public static bool IsDeflated(this ViewerFormat format) => format >= ViewerFormat.PlainDeflated;

    /// <summary>The same form for viewers that agreed on permessage-deflate.</summary>
    public static ViewerFormat Deflated(this ViewerFormat format) => format switch
    {
        ViewerFormat.Plain => ViewerFormat.PlainDeflated,
        ViewerFormat.AllBinary => ViewerFormat.AllBinaryDeflated,
        ViewerFormat.RelayV1 => ViewerFormat.RelayV1Deflated,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "It has no compressed form."),
    };

    /// <summary>Encodes one message; a compressed form's as it is before that.</summary>
    public static void Write(this ViewerFormat format, ArrayBufferWriter<byte> target, in Message message, Position position)
    {
        if (format == ViewerFormat.Sse)
        {
            SseEvent.Write(target, message, position);
            return;
        }

        target.Advance(format.WriteHead(target.GetSpan(MaxHeadBytes), message, position));
        target.Write(message.Payload.Span);
    }

    /// <summary>Writes what goes before the payload in a message's WebSocket frame: all of it but the payload.</summary>
    /// <param name="format">The form.</param>
    /// <param name="target">At least <see cref="MaxHeadBytes"/>.</param>
    /// <param name="message">The message.</param>
    /// <param name="position">Its position.</param>
    /// <returns>How many bytes that is.</returns>
    public static int WriteHead(this ViewerFormat format, Span<byte> target, in Message message, Position position)
    {
        var prefix = format.PrefixBytes();
        var kind = format is ViewerFormat.Plain or ViewerFormat.PlainDeflated ? message.Kind : MessageKind.Binary;
        var header = WebSocketFrame.WriteHeader(target, kind, prefix + message.Payload.Length);
        if (prefix > 0)
        {
            RelayV1Frame.WriteViewerHeader(target[header..], message, position.Offset);
        }

        return header + prefix;
    }

    /// <summary>Encodes a notice's JSON; only for forms that have notices.</summary>
    public static byte[] Notice(this ViewerFormat format, byte[] json)
    {
        if (format != ViewerFormat.Sse)
        {
            return WebSocketFrame.ToArray(MessageKind.Text, json);
        }

        using var document = JsonDocument.Parse(json);
        return SseEvent.Notice(document.RootElement.GetProperty("type").GetString()!, json);
    }

    private static int PrefixBytes(this ViewerFormat format) => format is ViewerFormat.RelayV1 or ViewerFormat.RelayV1Deflated ? RelayV1Frame.ViewerHeaderBytes : 0;
}
