using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansRelay.Recordings.Game;

/// <summary>
/// One message of a dashboard, before it is packed. The dashboards' own JSON was never published, only the names of its kinds; this is ours.
/// The kinds below are the whole schema (README.md shows one of each): members are written in camelCase, times are game seconds.
/// </summary>
internal abstract record GameMessage([property: JsonIgnore] string Kind, [property: JsonIgnore] long AtMilliseconds)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The kind's name on the wire.</summary>
    [JsonPropertyName("type"), JsonPropertyOrder(-2)]
    public string Type => Kind;

    /// <summary>The game's clock, in seconds.</summary>
    [JsonPropertyName("time"), JsonPropertyOrder(-1)]
    public long Time => AtMilliseconds / 1000;

    /// <summary>The message as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, GetType(), Json);
}

internal sealed record StartMessage(long AtMilliseconds, string Title, string Map, int MapSize, int Length, IReadOnlyList<PlayerCard> Players) : GameMessage("start", AtMilliseconds);

internal sealed record PlayerCard(int Id, string Name, string Color, string Civilization, int Team);

/// <param name="AtMilliseconds">When.</param>
/// <param name="Name">The map's name.</param>
/// <param name="Size">Cells a side.</param>
/// <param name="Rows">One string a row, one letter a cell: <c>.</c> grass, <c>f</c> forest, <c>w</c> water, <c>g</c> gold, <c>s</c> stone.</param>
internal sealed record MapMessage(long AtMilliseconds, string Name, int Size, IReadOnlyList<string> Rows) : GameMessage("map", AtMilliseconds);

internal sealed record PositionsMessage(long AtMilliseconds, IReadOnlyList<PositionCard> Positions) : GameMessage("positions", AtMilliseconds);

internal sealed record PositionCard(int Player, string What, double X, double Y);

internal sealed record TitleMessage(long AtMilliseconds, string Title) : GameMessage("title", AtMilliseconds);

internal sealed record TimeMessage(long AtMilliseconds) : GameMessage("time", AtMilliseconds);

internal sealed record PlayerUpdateMessage(long AtMilliseconds, IReadOnlyList<PlayerState> Players) : GameMessage("player_update", AtMilliseconds);

internal sealed record PlayerState(
    int Id, string Age, ScoreCard Score, int Population, int Limit, int Villagers, int Idle, int Military,
    int Food, int Wood, int Gold, int Stone, int Kills, int Losses, bool? Resigned);

internal sealed record ScoreCard(int Military, int Economy, int Technology, int Society, int Total);

internal sealed record ApmMessage(long AtMilliseconds, IReadOnlyList<ApmCard> Players) : GameMessage("apm", AtMilliseconds);

internal sealed record ApmCard(int Id, int Apm, int Mean);

/// <param name="AtMilliseconds">When.</param>
/// <param name="Size">Cells a side.</param>
/// <param name="Cells">Pairs of cell (row x size + column) and heat 1 to 99, in the order of the cells; the hottest ones only.</param>
internal sealed record HeatmapMessage(long AtMilliseconds, int Size, IReadOnlyList<int> Cells) : GameMessage("heatmap", AtMilliseconds)
{
    /// <summary>All warm cells, the hottest first: what <see cref="Cells"/> is cut from.</summary>
    [JsonIgnore]
    public IReadOnlyList<(int Cell, int Heat)> Warm { get; init; } = [];

    /// <summary>The same moment with that many cells.</summary>
    public HeatmapMessage WithHottest(int count)
        => this with { Cells = [.. Warm.Take(count).OrderBy(warm => warm.Cell).SelectMany(warm => new[] { warm.Cell, warm.Heat })] };
}

internal sealed record ResearchMessage(long AtMilliseconds, int Player, string Technology, int Seconds) : GameMessage("research", AtMilliseconds);

internal sealed record ResearchProgressMessage(long AtMilliseconds, int Player, string Technology, double Progress) : GameMessage("research_progress", AtMilliseconds);

internal sealed record ResearchStopMessage(long AtMilliseconds, int Player, string Technology, bool Finished) : GameMessage("research_stop", AtMilliseconds);

internal sealed record TradeMessage(long AtMilliseconds, int Player, int Partner, int Gold, int Total) : GameMessage("trade", AtMilliseconds);

internal sealed record TributeMessage(long AtMilliseconds, int Player, int To, string Resource, int Amount) : GameMessage("tribute", AtMilliseconds);

internal sealed record ChatMessage(long AtMilliseconds, int Player, string To, string Text) : GameMessage("chat", AtMilliseconds);

/// <param name="AtMilliseconds">When.</param>
/// <param name="Player">Whom it is about.</param>
/// <param name="What">What happened: <c>age</c> or <c>battle</c>.</param>
/// <param name="Text">The line to show.</param>
/// <param name="X">Where, in cells, if it has a place.</param>
/// <param name="Y">Where, in cells, if it has a place.</param>
internal sealed record AlertMessage(long AtMilliseconds, int Player, string What, string Text, double? X, double? Y) : GameMessage("alert", AtMilliseconds);

internal sealed record ResignMessage(long AtMilliseconds, int Player) : GameMessage("resign", AtMilliseconds);

internal sealed record EndMessage(long AtMilliseconds, IReadOnlyList<int> Winners) : GameMessage("end", AtMilliseconds);
