using OrleansRelay.LoadTest.Measuring;
using static System.FormattableString;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary>Writes a cell's contenders below one another: one line each, with the gate that the line decides.</summary>
internal sealed class Table(Terminal terminal)
{
    /// <summary>At a fixed rate the floor program has sent to all viewers within a few milliseconds. When it takes longer than this, something else had its CPU.</summary>
    private const double DisturbedMilliseconds = 60;

    private const char Disturbed = '!', LoaderBound = '*';

    private static readonly (char Mark, string Meaning)[] Meanings =
    [
        (Disturbed, "the machine was busy with something else in a round"),
        (LoaderBound, "the load tester was the bottleneck in a round: the relay could do more"),
    ];

    private readonly HashSet<char> _marks = [];

    /// <summary>Writes the cell's name and the columns' heads.</summary>
    public void WriteHead(Cell cell)
    {
        terminal.Line();
        terminal.Line(terminal.Bold(cell.Name));
        terminal.Line(terminal.Dim($"  {"",-13}{"µs/delivery",12}{"x floor",9}{"p50 ms",10}{"p99 ms",10}{"deliveries/s",14}  µs by round"));
    }

    /// <summary>Writes the contenders.</summary>
    public void WriteRows(CellRun run)
    {
        foreach (var entry in run.Entries)
        {
            var notes = run.GatesOf(entry).Select(terminal.Judged);
            if (entry is { IsLossy: true, Role: Role.Peer or Role.PeerWithoutGate })
            {
                notes = notes.Append(terminal.Bad(Gate.AllDelivered(entry.Runs).ToString()));
            }

            terminal.Line($"  {entry.Name,-13}{Figures(run, entry)}{string.Join("; ", notes)}".TrimEnd());
        }

        if (run.Tied.Count > 0)
        {
            terminal.Line(terminal.Dim(Invariant($"  Within {CellRun.TiedWithin:P0} of the relay: {string.Join(", ", run.Tied.Select(entry => entry.Name))}. {CellRun.ExtraRounds} more rounds of these and the relay; the median of all counts.")));
        }
    }

    /// <summary>Writes what the marks mean that a row has had.</summary>
    public void WriteLegend()
    {
        if (_marks.Count > 0)
        {
            terminal.Line();
        }

        foreach (var (mark, meaning) in Meanings.Where(entry => _marks.Contains(entry.Mark)))
        {
            terminal.Line(terminal.Dim($"{mark}  {meaning}"));
        }
    }

    private string Figures(CellRun run, Entry entry) => entry.Cpu is { } cpu
        ? Invariant($"{cpu,12:0.000}{run.TimesFloor(entry),9:0.00}{entry.MedianOf(round => round.Latency.P50),10:0.00}{entry.MedianOf(round => round.Latency.P99),10:0.0}{entry.MedianOf(round => round.DeliveriesPerSecond),14:N0}  {Rounds(run.Cell, entry),-16}")
        : $"   {entry.Refusal ?? "could not carry the load",-70}";

    /// <summary>The cheapest and the dearest round, with marks.</summary>
    private string Rounds(Cell cell, Entry entry)
    {
        var micros = entry.Runs.Select(run => run.CpuMicrosPerDelivery ?? double.NaN).ToArray();
        var range = micros.Length == 1 ? Gate.Micros(micros[0]) : $"{Gate.Micros(micros.Min())}-{Gate.Micros(micros.Max())}";
        return range + Mark(Disturbed, entry.Runs.Any(run => IsDisturbed(cell, entry, run))) + Mark(LoaderBound, entry.Runs.Any(run => run.Loader.WasBottleneck));
    }

    private string Mark(char mark, bool isTrue)
    {
        if (!isTrue)
        {
            return "";
        }

        _marks.Add(mark);
        return $" {mark}";
    }

    private static bool IsDisturbed(Cell cell, Entry entry, RunResult run) =>
        entry.Role == Role.Floor && !cell.IsFlatOut && run.Latency.P50 > DisturbedMilliseconds;
}
