using OrleansRelay.Recordings;

namespace OrleansRelay.EndToEnd.Tests.Recordings;

/// <summary>Each game of the table, made once for all tests that look at it: to make them all takes seconds.</summary>
public sealed class GeneratedGames
{
    private readonly Dictionary<int, IReadOnlyList<RecordedMessage>> _games = [];

    public IReadOnlyList<RecordedMessage> Of(RecordedGame game)
    {
        if (!_games.TryGetValue(game.Id, out var messages))
        {
            _games.Add(game.Id, messages = GameRecording.Generate(game, seed: 1));
        }

        return messages;
    }
}
