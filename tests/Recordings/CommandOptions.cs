using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace OrleansRelay.Recordings;

/// <summary>Options of the commands that want more than their type: a wrong value is answered with what a right one is.</summary>
internal static class CommandOptions
{
    public static Option<int> Game() => new("--game")
    {
        Description = "Which game of the table, 1 to 5.",
        DefaultValueFactory = _ => 3,
        CustomParser = result => int.TryParse(Value(result), NumberStyles.None, CultureInfo.InvariantCulture, out var game) && game is >= 1 and <= 5
            ? game : Refuse<int>(result, "--game must be 1 to 5."),
    };

    public static Option<int> Seed() => new("--seed") { Description = "Another seed is another game of the same size.", DefaultValueFactory = _ => 1 };

    public static Option<double> Speed() => new("--speed")
    {
        Description = "Times the game's own pace.",
        DefaultValueFactory = _ => 20,
        CustomParser = result => double.TryParse(Value(result), NumberStyles.Float, CultureInfo.InvariantCulture, out var speed) && speed is > 0 and <= 100_000
            ? speed : Refuse<double>(result, "--speed must be above 0 and at most 100000."),
    };

    public static Option<Uri> Url() => new("--url")
    {
        Description = "The relay.",
        DefaultValueFactory = _ => new("ws://127.0.0.1:8080"),
        CustomParser = result => Uri.TryCreate(Value(result), UriKind.Absolute, out var url) && url.Scheme is "ws" or "wss" or "http" or "https"
            ? url : Refuse<Uri>(result, "--url must be like ws://127.0.0.1:8080."),
    };

    private static string Value(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";

    private static T? Refuse<T>(ArgumentResult result, string error)
    {
        result.AddError(error);
        return default;
    }
}
