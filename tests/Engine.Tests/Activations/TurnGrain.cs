using Orleans.Concurrency;

namespace OrleansRelay.Engine.Tests.Activations;

public interface ITurnGrain : IGrainWithStringKey
{
    Task HoldAsync(string gate);

    Task<bool> YieldOftenAsync(int times);

    Task<bool> ComesBackAfterAwaitAsync();

    Task TellAsync(string what);

    [AlwaysInterleave]
    Task TellAtOnceAsync(string what);
}

public interface IReentrantTurnGrain : ITurnGrain;

/// <summary>Shows when it runs, and that it never runs twice at once.</summary>
public class TurnGrain(Probe probe) : Grain, ITurnGrain
{
    private int _inside;

    public async Task HoldAsync(string gate)
    {
        probe.Tell(this.GetPrimaryKeyString(), "holding");
        await probe.PassAsync(gate);
        probe.Tell(this.GetPrimaryKeyString(), "held");
    }

    public async Task<bool> YieldOftenAsync(int times)
    {
        var wasAlone = true;
        for (var i = 0; i < times; i++)
        {
            wasAlone &= Interlocked.Increment(ref _inside) == 1;
            Thread.SpinWait(20);
            Interlocked.Decrement(ref _inside);
            await Task.Yield();
        }

        return wasAlone;
    }

    public async Task<bool> ComesBackAfterAwaitAsync()
    {
        var scheduler = TaskScheduler.Current;
        await Task.Run(() => { });
        return scheduler != TaskScheduler.Default && TaskScheduler.Current == scheduler;
    }

    public Task TellAsync(string what)
    {
        probe.Tell(this.GetPrimaryKeyString(), what);
        return Task.CompletedTask;
    }

    public Task TellAtOnceAsync(string what) => TellAsync(what);
}

[Reentrant]
public sealed class ReentrantTurnGrain(Probe probe) : TurnGrain(probe), IReentrantTurnGrain;
