using System.Globalization;
using OrleansRelay.LoadTest.Measuring;
using OrleansRelay.LoadTest.Running;
using OrleansRelay.LoadTest.Scenarios;

namespace OrleansRelay.LoadTest.Reporting;

/// <summary>Puts a finished run's figures together.</summary>
internal static class Results
{
    /// <summary>A loop busier than this had no time to spare: what it measured is what it could do, not what the relay can.</summary>
    private const double BottleneckPercent = 95;

    private static readonly double[] Percentiles = [0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999, 100];

    public static RunResult Of(LoadRun run, IScenario scenario, DateTimeOffset startedAt)
    {
        var (options, meter, checks) = (run.Options, run.Meter, run.Checks);
        var (begin, end) = meter.Measured;
        var seconds = end.SecondsSince(begin);
        var rate = Median.Of(meter.Windows.Select(window => window.DeliveriesPerSecond));
        return new RunResult
        {
            Scenario = scenario.Name,
            Name = options.Name.Length > 0 ? options.Name : scenario.Name,
            Target = string.Join(", ", options.Gateways),
            StartedAt = startedAt,
            Viewers = options.Viewers,
            Publishers = options.Publishers * options.Channels,
            Channels = options.Channels,
            MessageBytes = options.MessageBytes,
            Load = options.IsFlatOut
                ? string.Create(CultureInfo.InvariantCulture, $"flat out, {options.InFlight} in flight")
                : string.Create(CultureInfo.InvariantCulture, $"{options.Rate:0.##} messages/s a publisher"),
            Seconds = seconds,
            Checks = new CheckResult(checks.Delivered, checks.Lost, checks.Duplicated, checks.Reordered, checks.Corrupted, checks.Foreign, checks.Disconnected),
            Latency = LatencyOf(meter.Total),
            DeliveriesPerSecond = rate,
            PublishedPerSecond = (end.Published - begin.Published) / seconds,
            MegabytesPerSecond = rate * options.MessageBytes / 1e6,
            CpuMicrosPerDelivery = meter.Windows.Any(window => window.CpuMicrosPerDelivery is not null)
                ? Median.Of(meter.Windows.Select(window => window.CpuMicrosPerDelivery).OfType<double>()) : null,
            Server = end.Server is { } server && meter.ServerIdle is { } idle
                ? new ServerResult(end.ServerPercentSince(begin) ?? 0, server.ResidentBytes / 1048576.0, server.PeakBytes / 1048576.0, idle.ResidentBytes / 1048576.0, run.KilobytesPerConnection ?? 0)
                : null,
            Loader = LoaderOf(begin, end, options),
            Windows = meter.Windows,
            Samples = meter.Samples,
            Extras = run.Extras,
            Problems = run.Problems,
            Passed = checks.IsClean,
        };
    }

    private static LatencyResult LatencyOf(LatencyHistogram total) => new(
        total.Count, total.Mean / 1e6, total.At(50) / 1e6, total.At(90) / 1e6, total.At(99) / 1e6, total.At(99.9) / 1e6, total.Max / 1e6,
        [.. Percentiles.Select(percentile => new[] { percentile, total.At(percentile) / 1e6 })]);

    private static LoaderResult LoaderOf(Meter.Point begin, Meter.Point end, LoadOptions options)
    {
        var (cpu, busy) = (end.OwnPercentSince(begin), end.BusyPercentSince(begin));
        var isBottleneck = busy >= BottleneckPercent;
        var text = isBottleneck
            ? string.Create(CultureInfo.InvariantCulture, $"THE LOAD TESTER WAS THE BOTTLENECK: its loop was busy {busy:0} % of the time. The rate is a lower bound{(options.IsFlatOut ? "" : ", and the latency partly its own")}.")
            : string.Create(CultureInfo.InvariantCulture, $"The load tester was not the bottleneck: its loop was busy {busy:0} % of the time and used {cpu:0} % of a core.");
        return new LoaderResult(cpu, busy, isBottleneck, text);
    }
}
