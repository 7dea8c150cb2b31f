using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>What an operator wishes to set of a channel; texts that are absent stay as they are. Options are set together: with any of the three given, those that are absent go back to the namespace's.</summary>
internal sealed record ChannelPatch
{
    /// <summary>Unknown members are errors: a misspelt one would otherwise be taken for done.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter() },
    };

    public string? Title { get; init; }

    public string? Description { get; init; }

    public string? Game { get; init; }

    public SlowViewerPolicy? SlowViewers { get; init; }

    public int? HistoryMessages { get; init; }

    public int? HistoryBytes { get; init; }

    /// <summary>What is wrong, or null.</summary>
    [JsonIgnore]
    public string? Error =>
        new[] { Title, Description, Game }.Any(text => text?.Length > ChannelMetadata.MaxLength) ? $"title, description and game have at most {ChannelMetadata.MaxLength} characters."
        : HistoryMessages < 0 || HistoryBytes < 0 ? "historyMessages and historyBytes are 0 or more."
        : null;

    /// <summary>The channel's own options, or null when none is given.</summary>
    [JsonIgnore]
    public ChannelOverrides? Overrides => SlowViewers is null && HistoryMessages is null && HistoryBytes is null
        ? null
        : new() { SlowViewers = SlowViewers, HistoryMessages = HistoryMessages, HistoryBytes = HistoryBytes };

    /// <summary>The texts, with those that are absent as they were.</summary>
    public ChannelMetadata Over(ChannelMetadata former) => new()
    {
        Title = Title ?? former.Title,
        Description = Description ?? former.Description,
        Game = Game ?? former.Game,
    };
}
