using System.Text.RegularExpressions;
using OrleansRelay.EndToEnd.Tests.Machine;

namespace OrleansRelay.EndToEnd.Tests.Clients;

/// <summary>The tables of PROTOCOL.md, read from the page itself.</summary>
internal static partial class ProtocolTables
{
    /// <summary>Rows of section 10: what, kind, number, at, payload and bytes, the last two in hexadecimal.</summary>
    public static IEnumerable<(string What, string Kind, string Number, string At, string Payload, string Bytes)> Vectors()
        => Rows("## 10. Vectors")
            .Select(cells => (What: cells[0], Kind: cells[1], Number: cells[2], At: cells[3], Payload: cells[4].Trim('`'), Bytes: cells[5].Trim('`').Replace(" ", "", StringComparison.Ordinal)))
            .Where(row => row.What is "viewer" or "publisher");

    /// <summary>Rows of section 8: a close code, and whether the client comes back.</summary>
    public static IEnumerable<(int Code, string ComeBack)> CloseCodes()
        => Rows("## 8. How a connection ends").Select(cells => (int.Parse(cells[0], System.Globalization.CultureInfo.InvariantCulture), cells[2]));

    private static string[][] Rows(string heading)
    {
        var rows = File.ReadLines(Repository.Path("Gateway", "Wire", "PROTOCOL.md"))
            .SkipWhile(line => line != heading).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith('|') && !RuleLine().IsMatch(line))
            .Select(line => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries)).Skip(1).ToArray();
        return rows.Length > 0 ? rows : throw new InvalidOperationException($"PROTOCOL.md has no table under '{heading}'.");
    }

    [GeneratedRegex(@"^\|(\s*-+:?\s*\|)+$")]
    private static partial Regex RuleLine();
}
