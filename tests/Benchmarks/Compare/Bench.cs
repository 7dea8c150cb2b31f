using System.Globalization;
using OrleansRelay.LoadTest.Measuring;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary>Loads the contenders in turn and prints what they cost beside one another.</summary>
internal sealed class Bench(IReadOnlyList<Contender> contenders, LoadTester loader, int rounds, TextWriter output)
{
    /// <summary>At a fixed rate the floor program is done with a round of viewers in a few milliseconds; later than this, others had its CPU.</summary>
    private const double DisturbedMilliseconds = 60;

    /// <summary>Small and large messages, to many and to few: what a cell then runs has been compiled for good.</summary>
    private static readonly Cell[] WarmUps =
    [
        new("many small", ["fan-out", "--viewers", "200", "--flat-out"], null),
        new("few large", ["fan-out", "--viewers", "20", "--size", "81920", "--rate", "300"], null),
        new("few on each of many channels", ["many-channels", "--channels", "20", "--viewers", "40", "--deliveries", "20000"], null),
    ];

    /// <summary>One run of each contender under the last cell.</summary>
    public IReadOnlyList<RunResult> LastRuns { get; private set; } = [];

    /// <summary>Runs all cells.</summary>
    /// <returns>Whether the first contender, the floor, bounds the second, the relay, as each cell's gate says, and none of ours lost anything.</returns>
    public async Task<bool> RunAsync(IReadOnlyList<Cell> cells, CancellationToken cancellationToken)
    {
        foreach (var contender in contenders)
        {
            // Tiered compilation settles within some seconds of load; without it the first cell would measure the compiler.
            foreach (var warmUp in WarmUps.Where(warmUp => contender.Refuses(warmUp) is null))
            {
                await loader.RunAsync(contender, warmUp.Flags, cancellationToken);
            }
        }

        Print($"{"",-28}{"",-8}{"µs/delivery",12}{"x floor",9}{"deliveries/s",14}{"p50 ms",9}{"p99 ms",9}{"lost",6}  rounds");
        var isWithin = true;
        foreach (var cell in cells)
        {
            isWithin &= await RunAsync(cell, cancellationToken);
        }

        return isWithin;
    }

    private async Task<bool> RunAsync(Cell cell, CancellationToken cancellationToken)
    {
        var runs = contenders.ToDictionary(contender => contender, _ => new List<RunResult>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var contender in contenders)
            {
                if (contender.Refuses(cell) is not null)
                {
                    continue;
                }

                if (await loader.RunAsync(contender, cell.Flags, cancellationToken) is { } run)
                {
                    runs[contender].Add(run);
                }
            }
        }

        var floor = Cpu(runs[contenders[0]]);
        var isWithin = true;
        foreach (var contender in contenders)
        {
            var list = runs[contender];
            if (list.Count == 0)
            {
                Print($"{"",-28}{contender.Name,-8}    {contender.Refuses(cell) ?? "failed"}");
                continue;
            }

            var cpu = Cpu(list);
            var gate = contender == contenders[1] && cell.MostTimesFloor is { } most ? new Gate(most, cpu / floor) : null;
            var isLossy = list.Exists(run => !run.Passed);
            isWithin &= (gate?.IsMet ?? true) && !(isLossy && !contender.IsPeer);
            var each = string.Join(' ', list.Select(run => string.Create(CultureInfo.InvariantCulture, $"{run.CpuMicrosPerDelivery:0.###}{(run.Latency.P50 > DisturbedMilliseconds ? "!" : "")}{(run.Loader.WasBottleneck ? "*" : "")}")));
            Print($"{(contender == contenders[0] ? cell.Name : ""),-28}{contender.Name,-8}{cpu,12:0.000}{cpu / floor,9:0.00}{Median.Of(list.Select(run => run.DeliveriesPerSecond)),14:N0}{Median.Of(list.Select(run => run.Latency.P50)),9:0.00}{Median.Of(list.Select(run => run.Latency.P99)),9:0.0}{list.Sum(run => run.Checks.Lost),6}  {each}{gate?.ToString() ?? ""}{(isLossy ? "  NOT ALL DELIVERED" : "")}");
        }

        LastRuns = [.. contenders.Where(contender => runs[contender].Count > 0).Select(contender => runs[contender][^1])];
        return isWithin;
    }

    private static double Cpu(List<RunResult> runs) => Median.Of(runs.Select(run => run.CpuMicrosPerDelivery ?? double.NaN));

    private void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>How much dearer than the floor the relay may be.</summary>
    private sealed record Gate(double MostTimes, double Times)
    {
        public bool IsMet => Times <= MostTimes;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"  gate {MostTimes:0.00} x floor: {(IsMet ? "met" : "NOT MET")}");
    }
}
