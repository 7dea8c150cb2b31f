using System.Text;

namespace OrleansRelay.Recordings;

/// <summary>One message of a recording: text or binary, and when it was sent.</summary>
public sealed record RecordedMessage
{
    private RecordedMessage(long atMilliseconds, bool isText, ReadOnlyMemory<byte> payload)
        => (AtMilliseconds, IsText, Payload) = (atMilliseconds, isText, payload);

    /// <summary>Milliseconds since the recording's start.</summary>
    public long AtMilliseconds { get; }

    /// <summary>Whether it goes out as a text message; otherwise as a binary one.</summary>
    public bool IsText { get; }

    /// <summary>The bytes that go out.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>A text message.</summary>
    public static RecordedMessage OfText(long atMilliseconds, string text) => new(atMilliseconds, true, Encoding.UTF8.GetBytes(text));

    /// <summary>A binary message.</summary>
    public static RecordedMessage OfBinary(long atMilliseconds, byte[] payload) => new(atMilliseconds, false, payload);

    /// <summary>The text of a text message.</summary>
    public string Text => Encoding.UTF8.GetString(Payload.Span);
}
