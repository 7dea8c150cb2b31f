using OrleansRelay.LoadTest.Measuring;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary>Takes the contenders through all cells and prints each cell's table.</summary>
internal sealed class Bench(IReadOnlyList<Contender> contenders, LoadTester loader, int rounds, Terminal terminal)
{
    /// <summary>Small and large messages, to many and to few: the code that a cell runs is compiled for good before.</summary>
    private static readonly Cell[] WarmUps =
    [
        new("many small", ["fan-out", "--viewers", "200", "--flat-out"], null),
        new("few large", ["fan-out", "--viewers", "20", "--size", "81920", "--rate", "300"], null),
        new("few on each of many channels", ["many-channels", "--channels", "20", "--viewers", "40", "--deliveries", "20000"], null),
    ];

    /// <summary>The last round of each contender under the last cell.</summary>
    public IReadOnlyList<RunResult> LastRuns { get; private set; } = [];

    /// <summary>Runs all cells.</summary>
    /// <returns>The gates.</returns>
    public async Task<Verdict> RunAsync(IReadOnlyList<Cell> cells, CancellationToken cancellationToken)
    {
        await WarmUpAsync(cancellationToken);
        var table = new Table(terminal);
        var verdict = new Verdict();
        foreach (var cell in cells)
        {
            table.WriteHead(cell);
            var run = new CellRun(cell, [.. contenders.Select(contender => EntryOf(contender, cell))]);
            await run.RunAsync(rounds, cancellationToken);
            table.WriteRows(run);
            foreach (var gate in run.Entries.SelectMany(run.GatesOf))
            {
                verdict.Add(cell.Name, gate);
            }

            LastRuns = [.. run.Entries.Where(entry => entry.Runs.Count > 0).Select(entry => entry.Runs[^1])];
        }

        table.WriteLegend();
        return verdict;
    }

    private async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        foreach (var contender in contenders)
        {
            // Tiered compilation settles within some seconds of load; without it the first cell would measure the compiler.
            terminal.Progress($"warming up {contender.Name}");
            foreach (var warmUp in WarmUps.Where(warmUp => contender.Refuses(warmUp) is null))
            {
                await loader.RunAsync(contender, warmUp.Flags, cancellationToken);
            }
        }
    }

    private Entry EntryOf(Contender contender, Cell cell) => new(contender.Name, contender.Role, contender.Refuses(cell), (round, cancellationToken) =>
    {
        terminal.Progress(FormattableString.Invariant($"  round {round}: {contender.Name}"));
        return loader.RunAsync(contender, cell.Flags, cancellationToken);
    });
}
