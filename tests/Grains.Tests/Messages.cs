using System.Text;
using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Tests;

/// <summary>Messages as tests write them.</summary>
internal static class Messages
{
    public static Message Text(string text, long publishedAt = long.MaxValue, long sender = 0) =>
        new() { Kind = MessageKind.Text, Payload = Encoding.UTF8.GetBytes(text), PublishedAt = publishedAt, Sender = sender };

    public static Message[] Texts(params string[] texts) => [.. texts.Select(text => Text(text))];

    /// <summary>Their payloads as text, for a comparison that reads well.</summary>
    public static string[] Texts(this IEnumerable<Message> messages) => [.. messages.Select(message => Encoding.UTF8.GetString(message.Payload.Span))];
}
