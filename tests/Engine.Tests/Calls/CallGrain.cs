using Orleans.Concurrency;

namespace OrleansRelay.Engine.Tests.Calls;

public interface ICallGrain : IGrainWithStringKey
{
    Task DoAsync();

    ValueTask DoCheaplyAsync();

    Task<string> EchoAsync(string text);

    ValueTask<string> EchoCheaplyAsync(string text);

    Task<int> FailAtOnceAsync();

    ValueTask FailAfterAwaitAsync();

    Task<string> AskOtherAsync(string otherKey, string text);

    Task NeverAnswerAsync(string gate);

    Task WaitAsync(CancellationToken cancellationToken);

    [OneWay]
    Task HoldAsync(string gate);
}

public sealed class CallGrain(Probe probe) : Grain, ICallGrain
{
    public Task DoAsync() => Task.CompletedTask;

    public ValueTask DoCheaplyAsync() => ValueTask.CompletedTask;

    public Task<string> EchoAsync(string text) => Task.FromResult(text);

    public async ValueTask<string> EchoCheaplyAsync(string text)
    {
        await Task.Yield();
        return text;
    }

    public Task<int> FailAtOnceAsync() => throw new KeyNotFoundException("at once");

    public async ValueTask FailAfterAwaitAsync()
    {
        await Task.Yield();
        throw new KeyNotFoundException("after an await");
    }

    public Task<string> AskOtherAsync(string otherKey, string text) => GrainFactory.GetGrain<ICallGrain>(otherKey).EchoAsync(text);

    public Task NeverAnswerAsync(string gate) => probe.PassAsync(gate);

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        probe.Tell(this.GetPrimaryKeyString(), "waiting");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    public async Task HoldAsync(string gate)
    {
        await probe.PassAsync(gate);
        probe.Tell(this.GetPrimaryKeyString(), "held");
    }
}
