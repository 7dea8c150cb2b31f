using System.Text.Json;
using OrleansRelay.Recordings;
using OrleansRelay.Recordings.Payload;

namespace OrleansRelay.EndToEnd.Tests.Recordings;

public sealed class GameRecordingTests(GeneratedGames games) : IClassFixture<GeneratedGames>
{
    private const int EightMebibytes = 8 * 1024 * 1024;

    public static TheoryData<int> Games => [.. RecordedGame.Table.Select(game => game.Id)];

    [Theory, MemberData(nameof(Games))]
    public void HasTheTablesMessageCountAndSizeAndLength(int id)
    {
        var game = RecordedGame.ById(id);

        var messages = games.Of(game);

        var bytes = messages.Sum(message => message.Payload.Length);
        Assert.Equal(game.MessageCount, messages.Count);
        Assert.InRange(bytes, game.StreamBytes * 0.99, Math.Min(game.StreamBytes * 1.01, EightMebibytes));
        Assert.Equal((long)game.Length.TotalSeconds, messages[^1].AtMilliseconds / 1000);
        Assert.All(messages.Zip(messages.Skip(1)), pair => Assert.True(pair.First.AtMilliseconds <= pair.Second.AtMilliseconds));
    }

    [Theory, MemberData(nameof(Games))]
    public void EveryMessageDecodesAndTheKindsComeAtTheirRates(int id)
    {
        var game = RecordedGame.ById(id);
        var seconds = (int)game.Length.TotalSeconds;

        var kinds = Decode(games.Of(game)).CountBy(Kind).ToDictionary();

        Assert.Equal(1, kinds["start"]);
        Assert.Equal(1, kinds["end"]);
        Assert.Equal(1, kinds["map"]);
        Assert.Equal(seconds, kinds["time"]);
        Assert.Equal(seconds, kinds["player_update"]);
        Assert.InRange(kinds["apm"], seconds * 0.97, seconds);
        Assert.InRange(kinds["heatmap"], seconds * 0.88, seconds);
        Assert.Equal(game.PlayerCount / 2, kinds["resign"]);
        string[] common = ["positions", "title", "research", "research_progress", "research_stop", "chat", "alert"];
        Assert.All(common, kind => Assert.True(kinds.ContainsKey(kind), kind));
        Assert.Equal(game.PlayerCount > 2, kinds.ContainsKey("trade") && kinds.ContainsKey("tribute"));
    }

    [Fact]
    public void TheSameSeedGivesTheSameBytesAndAnotherSeedAnotherGame()
    {
        var game = RecordedGame.ById(3);

        var first = GameRecording.Generate(game, seed: 4).Select(message => (message.AtMilliseconds, message.Text));

        Assert.Equal(first, GameRecording.Generate(game, seed: 4).Select(message => (message.AtMilliseconds, message.Text)));
        Assert.NotEqual(first, GameRecording.Generate(game, seed: 5).Select(message => (message.AtMilliseconds, message.Text)));
    }

    [Fact]
    public void TheGameIsPlausible()
    {
        var game = RecordedGame.ById(5);

        var messages = Decode(games.Of(game)).ToArray();

        var players = messages.First(message => Kind(message) == "start").GetProperty("players").EnumerateArray().ToArray();
        Assert.Equal(game.PlayerCount, players.Select(player => player.GetProperty("color").GetString()).Distinct().Count());
        Assert.Contains(players, player => player.GetProperty("name").GetString()!.Any(letter => letter > 127));
        var updates = messages.Where(message => Kind(message) == "player_update").ToArray();
        Assert.InRange(Populations(updates[0]).Max(), 1, 10);
        Assert.InRange(updates.Max(update => Populations(update).Max()), 150, 200);
        var scores = updates.Select(update => update.GetProperty("players")[0].GetProperty("score").GetProperty("economy").GetInt32()).ToArray();
        Assert.Equal(scores.Order(), scores);
        Assert.Equal(game.PlayerCount / 2, messages[^1].GetProperty("winners").GetArrayLength());
    }

    private static IEnumerable<int> Populations(JsonElement update)
        => update.GetProperty("players").EnumerateArray().Select(player => player.GetProperty("population").GetInt32());

    private static string Kind(JsonElement message) => message.GetProperty("type").GetString()!;

    private static IEnumerable<JsonElement> Decode(IEnumerable<RecordedMessage> messages)
        => messages.Select(message => JsonElement.Parse(DashboardPayload.Decode(message.Text)));
}
