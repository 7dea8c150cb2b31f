using OrleansRelay.Recordings;

namespace OrleansRelay.Acceptance.Tests;

/// <summary>One viewer of the game, which holds what it gets against the publisher's log as it comes.</summary>
public sealed class GameViewer : IAsyncDisposable
{
    private readonly IViewer _viewer;

    private GameViewer(IViewer viewer, string form) => (_viewer, Form) = (viewer, form);

    /// <summary>How it is connected.</summary>
    public string Form { get; }

    /// <summary>How many messages of the log it got in a row from the first, byte for byte.</summary>
    public int Messages { get; private set; }

    /// <summary>What first differed from the log, or null.</summary>
    public string? Difference { get; private set; }

    /// <summary>Joins and watches to the end of the log, or to the first difference.</summary>
    public static async Task<GameViewer> WatchAsync(Uri relay, string channel, int form, IReadOnlyList<RecordedMessage> log)
    {
        var path = "viewer/" + channel;
        var viewer = form switch
        {
            0 => new GameViewer(await WebSocketViewer.OpenAsync(relay, path), "plain WebSocket"),
            1 => new GameViewer(await WebSocketViewer.OpenAsync(relay, path, isV1: true), "relay.v1"),
            _ => new GameViewer(await SseViewer.OpenAsync(relay, path), "SSE"),
        };
        while (viewer.Messages < log.Count && viewer.Difference is null)
        {
            viewer.Take(await viewer._viewer.NextAsync(), log[viewer.Messages]);
        }

        return viewer;
    }

    public ValueTask DisposeAsync() => _viewer.DisposeAsync();

    private void Take(ViewerEvent next, RecordedMessage expected)
    {
        if (next.IsMessage && next.IsText == expected.IsText && next.Payload.AsSpan().SequenceEqual(expected.Payload.Span) && (next.Offset == 0 || next.Offset == Messages + 1))
        {
            Messages++;
        }
        else if (next.IsMessage || next.CloseCode != 0 || next.Type is not ("hello" or "seam" or "position" or "started"))
        {
            Difference = $"After {Messages} messages came {next}.";
        }
    }
}
