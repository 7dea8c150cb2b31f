using System.IO.Compression;
using System.Text;

namespace OrleansRelay.Recordings.Payload;

/// <summary>
/// How a dashboard packs one JSON message into one text message:
/// <code>
///   base64( zlib, header 78 DA ( escape( JSON ) ) )
/// </code>
/// </summary>
/// <remarks>
/// The viewer page of the first relay inflates zlib only when its header is <c>78 DA</c>; it refuses the usual <c>78 9C</c>.
/// <see cref="CompressionLevel.SmallestSize"/> writes that header; a test holds on to it. Gzip it takes at any level.
/// </remarks>
public static class DashboardPayload
{
    /// <summary>The text message that carries this JSON.</summary>
    public static string Encode(string json)
    {
        var escaped = Encoding.Latin1.GetBytes(JsEscape.Escape(json));
        using var packed = new MemoryStream(escaped.Length);
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zlib.Write(escaped);
        }

        return Convert.ToBase64String(packed.GetBuffer().AsSpan(0, (int)packed.Length));
    }

    /// <summary>The JSON of a text message, packed by zlib or gzip.</summary>
    /// <exception cref="FormatException">It is not base64.</exception>
    /// <exception cref="InvalidDataException">It is neither zlib nor gzip, or is cut off.</exception>
    public static string Decode(string text)
    {
        var packed = Convert.FromBase64String(text);
        using var source = new MemoryStream(packed);
        using Stream inflated = packed is [0x1f, 0x8b, ..]
            ? new GZipStream(source, CompressionMode.Decompress)
            : new ZLibStream(source, CompressionMode.Decompress);
        using var reader = new StreamReader(inflated, Encoding.Latin1);
        return JsEscape.Unescape(reader.ReadToEnd());
    }
}
