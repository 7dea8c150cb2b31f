using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>Where a viewer wishes to start: PROTOCOL.md, section 2.</summary>
internal sealed record ViewerStart
{
    private static readonly string[] Keys = ["since", "tail", "from"];

    private enum Wish
    {
        Oldest,
        Since,
        Foreign,
        Tail,
        Live,
    }

    private Wish Kind { get; init; }

    private Position After { get; init; }

    private long Tail { get; init; }

    /// <summary>The next message to come, whatever it is.</summary>
    public static ViewerStart Live { get; } = new() { Kind = Wish.Live };

    /// <summary>All that the channel holds.</summary>
    public static ViewerStart Oldest { get; } = new() { Kind = Wish.Oldest };

    /// <summary>Reads the query and, for SSE, what the browser received last.</summary>
    /// <returns>False with what is wrong.</returns>
    public static bool TryParse(IQueryCollection query, string? lastEventId, [NotNullWhen(true)] out ViewerStart? start, [NotNullWhen(false)] out string? error)
    {
        (start, error) = (null, null);
        if (!string.IsNullOrEmpty(lastEventId))
        {
            // The browser sends it by itself, and an error would end its EventSource for good: another server's gets the oldest, and is told.
            start = Position.TryParse(lastEventId, out var received) ? new ViewerStart { Kind = Wish.Since, After = received } : new ViewerStart { Kind = Wish.Foreign };
            return true;
        }

        if (query.Count == 0)
        {
            start = Oldest;
            return true;
        }

        var named = Keys.Where(query.ContainsKey).ToArray();
        if (named.Length > 1)
        {
            error = $"The query has {string.Join(" and ", named)}; a viewer starts at one place only.";
            return false;
        }

        var value = named.Length == 0 ? "" : query[named[0]].ToString();
        switch (named.FirstOrDefault())
        {
            case null:
                start = Oldest;
                break;
            case "since" when Position.TryParse(value, out var after):
                start = new ViewerStart { Kind = Wish.Since, After = after };
                break;
            case "since":
                error = $"since is '{value}'; it must be epoch:offset, two whole numbers.";
                break;
            case "tail" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var tail):
                start = new ViewerStart { Kind = Wish.Tail, Tail = tail };
                break;
            case "tail":
                error = $"tail is '{value}'; it must be a whole number of messages.";
                break;
            case "from" when value == "live":
                start = Live;
                break;
            default:
                error = $"from is '{value}'; it must be live.";
                break;
        }

        return start is not null;
    }

    /// <summary>Finds the first message this viewer gets, and whether that continues what it had.</summary>
    public (Position Next, bool? IsRecovered, string? Reason) Resolve(ChannelState state)
    {
        var oldest = new Position(state.Epoch, state.FirstHeld);
        return Kind switch
        {
            Wish.Live => (new Position(state.Epoch, state.Head + 1), null, null),
            Wish.Tail => (new Position(state.Epoch, Math.Max(state.FirstHeld, state.Head - Tail + 1)), null, null),
            Wish.Oldest => (oldest, null, null),
            Wish.Foreign => (oldest, false, "foreign"),
            _ when After.Epoch != state.Epoch => (oldest, false, "epoch-changed"),
            _ when After.Offset > state.Head => (oldest, false, "future"),
            _ when After.Offset + 1 < state.FirstHeld => (oldest, false, "expired"),
            _ => (new Position(state.Epoch, After.Offset + 1), true, null),
        };
    }
}
