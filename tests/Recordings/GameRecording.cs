using OrleansRelay.Recordings.Game;
using OrleansRelay.Recordings.Payload;

namespace OrleansRelay.Recordings;

/// <summary>
/// Makes a recording of one game of the table: its length, players, message count and stream size, each message packed as a dashboard packs it.
/// The same game and seed give the same recording.
/// </summary>
/// <remarks>
/// Two things are fitted to the table. The <b>count</b>: research progress is thinned evenly until the number is met to the message. The <b>size</b>:
/// heatmaps carry as many of the hottest cells as the stream's size leaves room for, so that the bytes are content and not padding.
/// The JSON is the same on every machine; its packed bytes are as repeatable as the runtime's zlib.
/// </remarks>
public static class GameRecording
{
    /// <summary>Generates it; a second or two of work for the longest.</summary>
    public static IReadOnlyList<RecordedMessage> Generate(RecordedGame game, int seed)
    {
        // 1. Play the game, and keep as much of the research progress as there is room for.
        var messages = Thin(game, [.. new GameSimulation(game, seed).Play()]);

        // 2. Pack all but the heatmaps: what they leave of the stream's size is the heatmaps' share.
        var packed = messages.Select(message => message is HeatmapMessage ? "" : DashboardPayload.Encode(message.ToJson())).ToArray();
        FillHeatmaps(messages, packed, game.StreamBytes - packed.Sum(text => text.Length));

        return [.. messages.Zip(packed, (message, text) => RecordedMessage.OfText(message.AtMilliseconds, text))];
    }

    private static List<GameMessage> Thin(RecordedGame game, List<GameMessage> all)
    {
        var candidates = all.Count(message => message is ResearchProgressMessage);
        var wanted = game.MessageCount - (all.Count - candidates);
        if (wanted < 0 || wanted > candidates)
        {
            throw new InvalidOperationException(
                $"Game {game.Id} needs {wanted} research_progress messages to have {game.MessageCount} in all, and the simulation gave {candidates}. Take another seed.");
        }

        // Candidate n is kept where n x wanted / candidates passes a whole number: evenly spread, and exactly `wanted` of them.
        var seen = 0L;
        return [.. all.Where(message => message is not ResearchProgressMessage || ++seen * wanted / candidates > (seen - 1) * wanted / candidates)];
    }

    private static void FillHeatmaps(List<GameMessage> messages, string[] packed, long bytes)
    {
        var left = messages.Count(message => message is HeatmapMessage);
        var bytesPerCell = 3.0;
        for (var i = 0; i < packed.Length; i++)
        {
            if (messages[i] is HeatmapMessage heatmap)
            {
                // Each gets an even share of what is left; how many cells that is, the one before has shown (about 100 bytes are the frame).
                var share = (double)bytes / left--;
                var cells = (int)Math.Clamp((share - 100) / bytesPerCell, 0, heatmap.Warm.Count);
                packed[i] = DashboardPayload.Encode(heatmap.WithHottest(cells).ToJson());
                bytes -= packed[i].Length;
                bytesPerCell = cells == 0 ? bytesPerCell : Math.Max(1, (packed[i].Length - 100.0) / cells);
            }
        }
    }
}
