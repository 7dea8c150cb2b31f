using System.Diagnostics;
using System.Globalization;
using OrleansRelay.LoadTest.Measuring;
using OrleansRelay.LoadTest.Reporting;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary>Loads the contenders in turn and prints what they cost beside one another.</summary>
internal sealed class Bench(IReadOnlyList<Contender> contenders, string loadTest, DirectoryInfo directory, int rounds, double seconds, TextWriter output)
{
    /// <summary>At a fixed rate the floor program is done with a round of viewers in a few milliseconds; later than this, others had its CPU.</summary>
    private const double DisturbedMilliseconds = 60;

    private static readonly string[] WarmUp = ["fan-out", "--viewers", "200", "--flat-out"];

    /// <summary>One run of each contender under the last cell.</summary>
    public IReadOnlyList<RunResult> LastRuns { get; private set; } = [];

    /// <summary>Runs all cells.</summary>
    /// <returns>Whether the first contender, the floor, bounds the second, the relay, as each cell's gate says, and nothing was lost.</returns>
    public async Task<bool> RunAsync(IReadOnlyList<Cell> cells, CancellationToken cancellationToken)
    {
        foreach (var contender in contenders)
        {
            // Tiered compilation settles within some seconds of load; without it the first cell would measure the compiler.
            await LoadAsync(contender, WarmUp, seconds, cancellationToken);
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
                runs[contender].Add(await LoadAsync(contender, cell.Flags, seconds, cancellationToken));
            }
        }

        var floor = Median(runs[contenders[0]], run => run.CpuMicrosPerDelivery ?? double.NaN);
        var isWithin = true;
        foreach (var contender in contenders)
        {
            var list = runs[contender];
            var cpu = Median(list, run => run.CpuMicrosPerDelivery ?? double.NaN);
            var isRelay = contender == contenders[1];
            var isBad = list.Exists(run => !run.Passed) || (isRelay && cpu / floor > cell.MostTimesFloor);
            isWithin &= !(isRelay && isBad);
            var each = string.Join(' ', list.Select(run => string.Create(CultureInfo.InvariantCulture, $"{run.CpuMicrosPerDelivery:0.###}{(run.Latency.P50 > DisturbedMilliseconds ? "!" : "")}{(run.Loader.WasBottleneck ? "*" : "")}")));
            Print($"{(contender == contenders[0] ? cell.Name : ""),-28}{contender.Name,-8}{cpu,12:0.000}{cpu / floor,9:0.00}{Median(list, run => run.DeliveriesPerSecond),14:N0}{Median(list, run => run.Latency.P50),9:0.00}{Median(list, run => run.Latency.P99),9:0.0}{list.Sum(run => run.Checks.Lost),6}  {each}{(isRelay ? string.Create(CultureInfo.InvariantCulture, $"  gate {cell.MostTimesFloor:0.00}: {(isBad ? "NOT MET" : "met")}") : "")}");
        }

        LastRuns = [.. contenders.Select(contender => runs[contender][^1])];
        return isWithin;
    }

    private async Task<RunResult> LoadAsync(Contender contender, string[] flags, double duration, CancellationToken cancellationToken)
    {
        var json = new FileInfo(Path.Combine(directory.FullName, contender.Name + ".json"));
        var start = new ProcessStartInfo("taskset") { RedirectStandardOutput = true };
        string[] all =
        [
            "-c", Cpu.OfLoader, "dotnet", loadTest, .. flags, .. contender.Flags(), "--quiet", "--json", json.FullName,
            "--duration", duration.ToString(CultureInfo.InvariantCulture), "--warm-up", "1", "--windows", "1",
        ];
        foreach (var argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        json.Delete();
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The load tester did not start.");
        var text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        json.Refresh();
        return json.Exists ? ReportFiles.ReadJson(json) : throw new InvalidOperationException($"The load of {contender.Name} failed: {text}");
    }

    private static double Median(List<RunResult> runs, Func<RunResult, double> pick)
    {
        var sorted = runs.Select(pick).Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
