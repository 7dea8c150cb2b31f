using Orleans.Streams;

namespace OrleansRelay.Engine.Tests.Streams;

public interface IEarGrain : IGrainWithStringKey
{
    Task ListenAsync(string stream);

    Task HoldAsync(string gate);

    Task PublishAsync(string stream, string text);

    Task StopListeningAsync(string stream);

    Task LeaveAsync();
}

/// <summary>Subscribes and publishes from inside a grain; takes up its subscription again when it comes back.</summary>
public sealed class EarGrain(Probe probe) : Grain, IEarGrain, IAsyncObserver<string>
{
    private string Key => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var handle in await Stream(Key).GetAllSubscriptionHandles())
        {
            await handle.ResumeAsync(this);
            probe.Tell(Key, "resumed");
        }
    }

    public Task ListenAsync(string stream) => Stream(stream).SubscribeAsync(this);

    public async Task HoldAsync(string gate)
    {
        probe.Tell(Key, "holding");
        await probe.PassAsync(gate);
        probe.Tell(Key, "held");
    }

    public Task PublishAsync(string stream, string text) => Stream(stream).OnNextAsync(text);

    public async Task StopListeningAsync(string stream)
    {
        foreach (var handle in await Stream(stream).GetAllSubscriptionHandles())
        {
            await handle.UnsubscribeAsync();
        }
    }

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task OnNextAsync(string item, StreamSequenceToken? token = null)
    {
        probe.Tell(Key, TaskScheduler.Current == TaskScheduler.Default ? $"{item} outside of a turn" : item);
        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;

    private IAsyncStream<string> Stream(string key) => this.GetStreamProvider(EngineHost.Streams).GetStream<string>("tests", key);
}
