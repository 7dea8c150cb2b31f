using OrleansRelay.LoadTest.Running;

namespace OrleansRelay.LoadTest.Scenarios;

/// <summary>Some viewers stop reading: first without them, then with them.</summary>
internal sealed class SlowViewers : IScenario
{
    public string Name => "slow-viewers";

    public string Question => "Do viewers that stopped reading slow the others down?";

    public LoadOptions Adjust(LoadOptions options) => options with { MessageBytes = 512, Duration = TimeSpan.FromSeconds(6) };

    public void Run(LoadRun run)
    {
        run.ConnectViewers(run.Options.Viewers, ViewerKind.Counted);
        run.ConnectPublishers();
        run.StartPublishing();
        run.RunFor(run.Options.WarmUp);

        run.Meter.Begin();
        var without = MeasureWindows(run);
        var residentBefore = run.Meter.Samples[^1].ResidentMegabytes;
        var stalled = (int)Math.Ceiling(run.Options.Viewers * run.Options.StalledPercent / 100);
        run.ConnectViewers(stalled, ViewerKind.Stalled);
        run.RunFor(run.Options.Settle);
        run.Meter.SkipWindow();
        var with = MeasureWindows(run);
        run.Meter.End();

        run.Extras["stalled viewers"] = stalled;
        run.Extras["stalled viewers cut off by the server"] = run.StalledCutOff;
        run.Extras["p99 ms without stalled viewers"] = without;
        run.Extras["p99 ms with stalled viewers"] = with;
        run.Extras["p99 with / without"] = with / without;
        if (residentBefore is { } before && run.Meter.Samples[^1].ResidentMegabytes is { } after)
        {
            run.Extras["memory growth MB"] = after - before;
        }

        run.StopAndCheck();
    }

    /// <returns>The median of the windows' p99.</returns>
    private static double MeasureWindows(LoadRun run)
    {
        List<double> p99 = [];
        for (var window = 0; window < run.Options.Windows; window++)
        {
            run.RunFor(run.Options.Duration / run.Options.Windows);
            run.Meter.EndWindow();
            p99.Add(run.Meter.Windows[^1].P99);
        }

        p99.Sort();
        return p99[p99.Count / 2];
    }
}
