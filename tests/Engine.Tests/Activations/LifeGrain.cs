using Orleans.Concurrency;

namespace OrleansRelay.Engine.Tests.Activations;

public interface ILifeGrain : IGrainWithStringKey
{
    Task<int> CountAsync();

    Task HoldAsync(string gate);

    Task LeaveAsync();

    Task StayAsync(TimeSpan time);

    Task<ILifeGrain> SelfAsync();

    [AlwaysInterleave]
    Task LeaveWhileBusyAsync();
}

/// <summary>Tells when it comes and goes; a key that begins with "fails" fails to come the first time, "lingers" needs leave to go.</summary>
public sealed class LifeGrain(Probe probe) : Grain, ILifeGrain
{
    private int _count;

    private string Key => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Tell(Key, "activated");
        if (Key.StartsWith("fails", StringComparison.Ordinal) && probe.IsFirst(Key))
        {
            throw new ActivationRefusedException("not the first time");
        }

        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Tell(Key, $"deactivating {reason.ReasonCode}");
        if (Key.StartsWith("lingers", StringComparison.Ordinal))
        {
            await probe.PassAsync(Key);
        }

        probe.Tell(Key, "deactivated");
    }

    public Task<int> CountAsync() => Task.FromResult(++_count);

    public async Task HoldAsync(string gate)
    {
        probe.Tell(Key, "holding");
        await probe.PassAsync(gate);
        probe.Tell(Key, "held");
    }

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task LeaveWhileBusyAsync() => LeaveAsync();

    public Task StayAsync(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public Task<ILifeGrain> SelfAsync() => Task.FromResult(this.AsReference<ILifeGrain>());
}

[GenerateSerializer]
public sealed class ActivationRefusedException(string message) : Exception(message);
