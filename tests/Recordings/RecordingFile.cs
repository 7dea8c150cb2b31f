using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansRelay.Recordings;

/// <summary>
/// The file format of a recording, <c>.ndjson</c>: one JSON object a line, <c>{"at":1234,"text":"…"}</c> or <c>{"at":1234,"binary":"base64"}</c>,
/// <c>at</c> being milliseconds since the start and never falling. The page at <c>/</c> plays the same format.
/// </summary>
public static class RecordingFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the whole recording.</summary>
    public static async Task WriteAsync(Stream target, IEnumerable<RecordedMessage> messages, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(target, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        foreach (var message in messages)
        {
            var line = message.IsText
                ? new Line(message.AtMilliseconds, message.Text, null)
                : new Line(message.AtMilliseconds, null, Convert.ToBase64String(message.Payload.Span));
            await writer.WriteLineAsync(JsonSerializer.Serialize(line, Json).AsMemory(), cancellationToken);
        }
    }

    /// <summary>Reads a recording message by message, so that a long one is never held whole.</summary>
    /// <exception cref="FormatException">A line is not a message; the text names the line.</exception>
    public static async IAsyncEnumerable<RecordedMessage> ReadAsync(Stream source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(source, Encoding.UTF8, leaveOpen: true);
        for (var number = 1; await reader.ReadLineAsync(cancellationToken) is { } text; number++)
        {
            if (!string.IsNullOrWhiteSpace(text))
            {
                yield return Parse(text, number);
            }
        }
    }

    private static RecordedMessage Parse(string text, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(text, Json) switch
            {
                { At: { } at, Text: { } value, Binary: null } => RecordedMessage.OfText(at, value),
                { At: { } at, Text: null, Binary: { } value } => RecordedMessage.OfBinary(at, Convert.FromBase64String(value)),
                _ => throw new FormatException("it needs \"at\" and either \"text\" or \"binary\""),
            };
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new FormatException($"Line {number} is not a message of a recording: {e.Message}", e);
        }
    }

    private sealed record Line(long? At, string? Text, string? Binary);
}
