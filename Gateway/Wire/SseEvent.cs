using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Wire;

/// <summary>Writes Server-Sent Events (WHATWG HTML, section 9.2) so that every message's bytes can be had back: PROTOCOL.md, section 9.</summary>
internal static class SseEvent
{
    /// <summary>A comment that keeps proxies from closing an idle stream.</summary>
    public static readonly byte[] KeepAlive = ": keep-alive\n\n"u8.ToArray();

    /// <summary>Writes one message.</summary>
    public static void Write(ArrayBufferWriter<byte> target, in Message message, Position position)
    {
        target.Write("id: "u8);
        WriteNumber(target, position.Epoch);
        target.Write(":"u8);
        WriteNumber(target, position.Offset);
        var payload = message.Payload.Span;
        if (message.Kind == MessageKind.Text && !payload.Contains((byte)'\r'))
        {
            WriteLines(target, payload);
        }
        else
        {
            target.Write(message.Kind == MessageKind.Text ? "\nevent: text-base64\ndata: "u8 : "\nevent: base64\ndata: "u8);
            var size = Base64.GetMaxEncodedToUtf8Length(payload.Length);
            Base64.EncodeToUtf8(payload, target.GetSpan(size), out _, out var written);
            target.Advance(written);
        }

        target.Write("\n\n"u8);
    }

    /// <summary>A notice: its type as the event's name, its JSON as data, no id.</summary>
    public static byte[] Notice(string type, ReadOnlySpan<byte> json) =>
        [.. "event: "u8, .. Encoding.ASCII.GetBytes(type), .. "\ndata: "u8, .. json, .. "\n\n"u8];

    /// <summary>The last event: the code as a notice, and the wait before the browser comes back by itself.</summary>
    public static byte[] Close(CloseCode code) => code.RetryMilliseconds == 0
        ? Notice("close", Notices.Close(code))
        : [.. "retry: "u8, .. Encoding.ASCII.GetBytes(code.RetryMilliseconds.ToString(CultureInfo.InvariantCulture)), .. "\n"u8, .. Notice("close", Notices.Close(code))];

    private static void WriteLines(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> text)
    {
        foreach (var line in text.Split((byte)'\n'))
        {
            target.Write("\ndata: "u8);
            target.Write(text[line]);
        }
    }

    private static void WriteNumber(ArrayBufferWriter<byte> target, long number)
    {
        Utf8Formatter.TryFormat(number, target.GetSpan(20), out var written);
        target.Advance(written);
    }
}
