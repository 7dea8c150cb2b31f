using OrleansRelay.Chaos.Faults;
using OrleansRelay.Chaos.Load;
using OrleansRelay.Chaos.Processes;
using OrleansRelay.Chaos.Reports;

namespace OrleansRelay.Chaos;

/// <summary>One run: a cluster of its own, load, faults, and the verdict.</summary>
internal static class ChaosRun
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QuietBefore = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FinishWithin = TimeSpan.FromSeconds(60);

    /// <summary>Runs it.</summary>
    /// <param name="settings">What it is made of.</param>
    /// <param name="folder">Where logs, report and history go.</param>
    /// <param name="output">Told of progress.</param>
    /// <param name="cancellationToken">Ends it before its time.</param>
    public static async Task<ChaosReport> RunAsync(ChaosSettings settings, string folder, TextWriter output, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        await output.WriteLineAsync($"Starting PostgreSQL, {RelayCluster.Describe(settings.Silos, settings.Gateways)}; logs, report and history go to {folder}");
        await using var cluster = await RelayCluster.StartAsync(settings.Silos, settings.Gateways, folder, time, cancellationToken, new Dictionary<string, string>
        {
            [$"Channels__Namespaces__{ChaosLoad.SharedNamespace}__Publishers"] = "Shared",
        });
        var clock = new Clock(time);
        await using var load = new ChaosLoad(settings, [.. cluster.Entries.Select(entry => entry.Address)], clock);
        var schedule = new FaultSchedule(settings.Seed, settings.Silos, settings.Gateways, settings.PostgresFor, settings.Faults);
        var injector = new FaultInjector(cluster, schedule, clock, said => output.WriteLine($"{clock.Now / 1e6,7:0.0} s  {said}"));
        await output.WriteLineAsync($"0 s is {clock.BeganAt:HH:mm:ss.fff} UTC in the logs");
        var machine = new MachineWatch(clock);
        using var over = new CancellationTokenSource();
        var watching = machine.RunAsync(over.Token);
        load.Start();
        await Task.Delay(QuietBefore, time, cancellationToken);

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        enough.CancelAfter(settings.For);
        var injecting = injector.RunAsync(enough.Token);
        await TellProgressAsync(injecting, load, clock, output);
        await injecting;
        cancellationToken.ThrowIfCancellationRequested();

        var endedAt = clock.Now;
        await load.FinishAsync(FinishWithin);
        var histories = load.Histories();
        await over.CancelAsync();
        await watching;
        var report = ReportMaker.Make(settings, histories, injector.Faults, endedAt) with
        {
            WaitedForProcessor = machine.WaitedForProcessor,
            LongestStandstill = machine.LongestStandstill,
        };
        await ReportFiles.WriteAsync(folder, report, histories);
        return report;
    }

    private static async Task TellProgressAsync(Task injecting, ChaosLoad load, Clock clock, TextWriter output)
    {
        long delivered = 0;
        while (await Task.WhenAny(injecting, Task.Delay(Second, clock.Time)) != injecting)
        {
            var totals = load.Totals;
            await output.WriteLineAsync(
                $"{clock.Now / 1e6,7:0.0} s  published {totals.Published,8}  acknowledged {totals.Acknowledged,8}  waiting {totals.Published - totals.Acknowledged,5}  delivered {totals.Delivered,9} (+{totals.Delivered - delivered})  reconnects {totals.Reconnects}");
            delivered = totals.Delivered;
        }
    }
}
