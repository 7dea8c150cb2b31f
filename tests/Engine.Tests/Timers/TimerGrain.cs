namespace OrleansRelay.Engine.Tests.Timers;

public interface ITimerGrain : IGrainWithStringKey
{
    Task StartAsync(TimerPlan plan);

    Task HoldAsync(string gate);

    Task ChangeAsync(TimeSpan dueTime);

    Task StopAsync();

    Task LeaveAsync();
}

[GenerateSerializer, Immutable, Alias("timer-plan")]
public sealed record TimerPlan
{
    [Id(0)]
    public TimeSpan DueTime { get; init; } = TimeSpan.FromMilliseconds(20);

    [Id(1)]
    public TimeSpan Period { get; init; } = TimeSpan.FromMilliseconds(20);

    [Id(2)]
    public bool Interleave { get; init; }

    /// <summary>What each tick waits for; null for nothing.</summary>
    [Id(3)]
    public string? Gate { get; init; }

    [Id(4)]
    public bool Throws { get; init; }
}

public sealed class TimerGrain(Probe probe) : Grain, ITimerGrain
{
    private IGrainTimer? _timer;

    private string Key => this.GetPrimaryKeyString();

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Tell(Key, "deactivated");
        return Task.CompletedTask;
    }

    public Task StartAsync(TimerPlan plan)
    {
        _timer = this.RegisterGrainTimer(TickAsync, plan, new GrainTimerCreationOptions(plan.DueTime, plan.Period) { Interleave = plan.Interleave });
        return Task.CompletedTask;
    }

    public async Task HoldAsync(string gate)
    {
        probe.Tell(Key, "holding");
        await probe.PassAsync(gate);
        probe.Tell(Key, "held");
    }

    public Task ChangeAsync(TimeSpan dueTime)
    {
        _timer!.Change(dueTime, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task StopAsync()
    {
        _timer!.Dispose();
        probe.Tell(Key, "stopped");
        return Task.CompletedTask;
    }

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async Task TickAsync(TimerPlan plan, CancellationToken cancellationToken)
    {
        probe.Tell(Key, "tick");
        if (plan.Throws)
        {
            throw new InvalidOperationException("A tick that throws.");
        }

        if (plan.Gate is not null)
        {
            await probe.PassAsync(plan.Gate).WaitAsync(cancellationToken);
            probe.Tell(Key, "tock");
        }
    }
}
