using OrleansRelay.Chaos.Load;
using OrleansRelay.Chaos.Processes;

namespace OrleansRelay.Chaos.Faults;

/// <summary>Carries a schedule out on a cluster: one silo at a time, or the database, and gateways independently of both.</summary>
internal sealed class FaultInjector
{
    /// <summary>A silo that was paused finds out that it was voted out by probing, or by reading the table, which it does every 5 s.</summary>
    private static readonly TimeSpan FindOutWithin = TimeSpan.FromSeconds(7);

    private readonly RelayCluster _cluster;
    private readonly FaultSchedule _schedule;
    private readonly Clock _clock;
    private readonly Action<string> _say;
    private readonly List<Fault> _faults = [];
    private readonly HashSet<string> _touched = [];
    private readonly List<Task> _unexpected = [];
    private readonly Lock _gate = new();

    public FaultInjector(RelayCluster cluster, FaultSchedule schedule, Clock clock, Action<string> say)
    {
        (_cluster, _schedule, _clock, _say) = (cluster, schedule, clock, say);
        foreach (var process in cluster.Silos.Concat(cluster.Gateways))
        {
            process.Ended = OnEnded;
        }
    }

    /// <summary>The faults so far, in the order in which they struck.</summary>
    public IReadOnlyList<Fault> Faults
    {
        get
        {
            lock (_gate)
            {
                return [.. _faults];
            }
        }
    }

    /// <summary>Injects faults until told to stop, and returns when everything is well again.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await Task.WhenAll(RunAsync(_schedule.OfSilos(), _cluster.Silos, stop), RunAsync(_schedule.OfGateways(), _cluster.Gateways, stop));
        Task[] unexpected;
        lock (_gate)
        {
            unexpected = [.. _unexpected];
        }

        await Task.WhenAll(unexpected);
    }

    private async Task RunAsync(IEnumerable<PlannedFault> planned, IReadOnlyList<RelayProcess> processes, CancellationToken stop)
    {
        foreach (var next in planned)
        {
            try
            {
                await Task.Delay(next.After, _clock.Time, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }

            if (next.Kind == FaultKind.Postgres)
            {
                await StopPostgresAsync(next);
            }
            else
            {
                await StrikeAsync(next, processes);
            }
        }
    }

    private async Task StrikeAsync(PlannedFault planned, IReadOnlyList<RelayProcess> processes)
    {
        var process = processes[planned.Target];
        var starts = process.Starts;
        process.RestartAfter = planned.Kind == FaultKind.Pause ? TimeSpan.Zero : planned.For;
        Touch(process.Name, isTouched: true);
        var fault = Begin(planned.Kind, process.Name, planned.For);
        process.Send(planned.Kind switch { FaultKind.Kill => Signals.Kill, FaultKind.Terminate => Signals.Terminate, _ => Signals.Stop });
        if (planned.Kind == FaultKind.Pause)
        {
            await Task.Delay(planned.For, _clock.Time);
            process.Send(Signals.Continue);
            fault.EndedAt = _clock.Now;
            await Task.Delay(FindOutWithin, _clock.Time);
            starts--;
        }

        await EndAsync(fault, async () =>
        {
            await process.WaitReadyAsync(starts + 1, CancellationToken.None);
            await Task.WhenAll(processes.Select(one => one.WaitReadyAsync(1, CancellationToken.None)));
        });
        process.RestartAfter = TimeSpan.FromSeconds(1);
        Touch(process.Name, isTouched: false);
    }

    private async Task StopPostgresAsync(PlannedFault planned)
    {
        var fault = Begin(FaultKind.Postgres, "postgres", planned.For);
        await EndAsync(fault, async () =>
        {
            await _cluster.Postgres.StopAsync(CancellationToken.None);
            await Task.Delay(planned.For, _clock.Time);
            await _cluster.Postgres.StartAsync(CancellationToken.None);
            fault.EndedAt = _clock.Now;
            await Task.WhenAll(_cluster.Silos.Select(one => one.WaitReadyAsync(1, CancellationToken.None)));
        });
    }

    private Fault Begin(FaultKind kind, string target, TimeSpan lasts)
    {
        var fault = new Fault { Kind = kind, Target = target, At = _clock.Now };
        lock (_gate)
        {
            _faults.Add(fault);
        }

        _say($"{kind} {target} for {lasts.TotalSeconds:0.0} s");
        return fault;
    }

    private async Task EndAsync(Fault fault, Func<Task> untilWell)
    {
        var (pressure, startedAt) = (MachineWatch.ReadPressure(), _clock.Now);
        try
        {
            await untilWell();
            fault.WholeAt = _clock.Now;
            fault.WaitedForProcessor = (MachineWatch.ReadPressure() - pressure) / (double)(fault.WholeAt - startedAt);
            _say($"{fault.Target} is well again, {(fault.WholeAt - fault.At) / 1e6:0.0} s after {fault.Kind}");
        }
        catch (InvalidOperationException exception)
        {
            fault.Remark = exception.Message;
            _say(exception.Message);
        }
    }

    private void OnEnded(RelayProcess process, int exitCode)
    {
        lock (_gate)
        {
            if (_touched.Contains(process.Name))
            {
                var fault = _faults.Last(fault => fault.Target == process.Name);
                fault.EndedAt = _clock.Now;
                fault.Remark = $"ended with {exitCode}";
                return;
            }

            var unexpected = new Fault { Kind = FaultKind.Unexpected, Target = process.Name, At = _clock.Now, Remark = $"ended by itself with {exitCode}; its log: {process.LogFile}" };
            _faults.Add(unexpected);
            _unexpected.Add(EndAsync(unexpected, () => process.WaitReadyAsync(process.Starts + 1, CancellationToken.None)));
        }

        _say($"{process.Name} ended by itself with {exitCode}");
    }

    private void Touch(string name, bool isTouched)
    {
        lock (_gate)
        {
            _ = isTouched ? _touched.Add(name) : _touched.Remove(name);
        }
    }
}
