using System.Globalization;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary>Collects the gates of a command and judges them together.</summary>
internal sealed class Verdict
{
    private readonly List<(string Where, Gate Gate)> _gates = [];

    /// <summary>Adds a gate.</summary>
    /// <param name="where">What was measured.</param>
    /// <param name="gate">The gate.</param>
    public void Add(string where, Gate gate) => _gates.Add((where, gate));

    /// <summary>Writes the gates that are not met and, as the last line, the verdict.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="withMetGates">Whether the gates that are met are written, too.</param>
    /// <returns>The exit code: 1 when a gate is not met.</returns>
    public int Write(Terminal terminal, bool withMetGates = false)
    {
        var missed = _gates.Where(entry => !entry.Gate.IsMet).ToList();
        var shown = withMetGates ? _gates : missed;
        var width = shown.Select(entry => entry.Where.Length).DefaultIfEmpty().Max() + 2;
        terminal.Line();
        foreach (var (where, gate) in shown)
        {
            terminal.Line(where.PadRight(width) + terminal.Judged(gate));
        }

        terminal.Line(terminal.Bold(missed.Count == 0
            ? terminal.Good(string.Create(CultureInfo.InvariantCulture, $"MET: {_gates.Count} of {_gates.Count} gates"))
            : terminal.Bad(string.Create(CultureInfo.InvariantCulture, $"NOT MET: {missed.Count} of {_gates.Count} gates"))));
        return missed.Count == 0 ? 0 : 1;
    }
}
