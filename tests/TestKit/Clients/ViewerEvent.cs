using System.Text;
using System.Text.Json;

namespace OrleansRelay.TestKit.Clients;

/// <summary>One thing that a viewer was given: a message, a notice, or its end.</summary>
public sealed record ViewerEvent
{
    /// <summary>Whether it is a message.</summary>
    public bool IsMessage { get; init; }

    /// <summary>Whether the message came as text.</summary>
    public bool IsText { get; init; }

    /// <summary>The message's offset; 0 where the form tells none.</summary>
    public long Offset { get; init; }

    /// <summary>The message's epoch; 0 where the form tells none with the message.</summary>
    public long Epoch { get; init; }

    /// <summary>When it was published, in microseconds since 1970; 0 where the form tells none.</summary>
    public long PublishedAt { get; init; }

    /// <summary>The message's bytes.</summary>
    public byte[] Payload { get; init; } = [];

    /// <summary>A notice's JSON.</summary>
    public JsonElement Notice { get; init; }

    /// <summary>The code that the relay closed with; 0 when this is not the end, -1 when it broke off without one.</summary>
    public int CloseCode { get; init; }

    /// <summary>The reason that came with the code.</summary>
    public string CloseReason { get; init; } = "";

    /// <summary>The message's bytes as text.</summary>
    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>A notice's type; empty for everything else.</summary>
    public string Type => Notice.ValueKind == JsonValueKind.Object ? Notice.GetProperty("type").GetString()! : "";

    public override string ToString() =>
        IsMessage ? $"message {Offset} ({Payload.Length} bytes)" : CloseCode != 0 ? $"close {CloseCode} '{CloseReason}'" : $"notice {Notice}";
}

/// <summary>What viewers of every form have in common.</summary>
public interface IViewer : IAsyncDisposable
{
    /// <summary>The next thing that it is given. Nothing is read from the connection before it is asked for.</summary>
    Task<ViewerEvent> NextAsync();
}

/// <summary>Waits for one kind of event.</summary>
public static class ViewerExtensions
{
    /// <summary>The next message; notices before it are passed over, an end is a failure.</summary>
    public static Task<ViewerEvent> NextMessageAsync(this IViewer viewer) => viewer.NextAsync(one => one.IsMessage, "a message");

    /// <summary>The next notice of a type; everything before it is passed over.</summary>
    public static async Task<JsonElement> NextNoticeAsync(this IViewer viewer, string type) =>
        (await viewer.NextAsync(one => one.Type == type, $"the notice '{type}'")).Notice;

    /// <summary>The end; everything before it is passed over.</summary>
    public static async Task<(int Code, string Reason)> ClosedAsync(this IViewer viewer)
    {
        var end = await viewer.NextAsync(one => one.CloseCode != 0, "the close");
        return (end.CloseCode, end.CloseReason);
    }

    /// <summary>Bounds the whole search: a silent channel's viewers hear of its position every few seconds, and each of these would begin the wait anew.</summary>
    private static Task<ViewerEvent> NextAsync(this IViewer viewer, Func<ViewerEvent, bool> isWanted, string what) => viewer.FindAsync(isWanted, what).WithinTest(what + " at a viewer");

    private static async Task<ViewerEvent> FindAsync(this IViewer viewer, Func<ViewerEvent, bool> isWanted, string what)
    {
        while (true)
        {
            var next = await viewer.NextAsync();
            if (isWanted(next))
            {
                return next;
            }

            if (next.CloseCode != 0)
            {
                throw new InvalidOperationException($"Waited for {what}, got {next}.");
            }
        }
    }
}
