using System.Text.RegularExpressions;

namespace OrleansRelay.Gateway.Tests.Wire;

/// <summary>Reads the tables of PROTOCOL.md.</summary>
internal static partial class ProtocolPage
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Wire", "PROTOCOL.md"));

    /// <summary>The rows of the only table of a section, without its head.</summary>
    public static string[][] Table(int section)
    {
        var rows = Lines
            .SkipWhile(line => !line.StartsWith($"## {section}.", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith('|'))
            .Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray())
            .Skip(2).ToArray();
        return rows.Length > 0 ? rows : throw new InvalidOperationException($"PROTOCOL.md has no table in section {section}.");
    }

    /// <summary>What stands between back-ticks in a cell.</summary>
    public static string[] Names(string cell) => [.. InTicks.Matches(cell).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("`([^`]*)`")]
    private static partial Regex InTicks { get; }
}
