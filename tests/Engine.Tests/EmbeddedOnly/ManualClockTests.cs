using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using OrleansRelay.Engine.Tests.Activations;
using OrleansRelay.Engine.Tests.Calls;
using OrleansRelay.Engine.Tests.Timers;

namespace OrleansRelay.Engine.Tests.EmbeddedOnly;

/// <summary>Shows that all of the engine's waits obey the host's clock. Orleans's own parts would stand still with it.</summary>
[Collection(EngineCollection.Name)]
public sealed class ManualClockTests(EngineFixture engine)
{
    private readonly ManualTimeProvider _clock = new();
    private readonly string _key = EngineFixture.NewKey();

    [Fact]
    public async Task ATimerTicksWhenTheClockSaysSo()
    {
        await using var host = await StartAsync();
        await host.Client.GetGrain<ITimerGrain>(_key).StartAsync(new TimerPlan { DueTime = TimeSpan.FromMinutes(10) }).WithinTest("the start of the timer");

        _clock.Advance(TimeSpan.FromMinutes(9));
        Assert.False(engine.Probe.HasMore(_key));
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("tick", await engine.Probe.NextAsync(_key));
    }

    [Fact]
    public async Task ACallIsTimedOutWhenTheClockSaysSo()
    {
        await using var host = await StartAsync();
        var call = host.Client.GetGrain<ICallGrain>(_key).NeverAnswerAsync(_key);

        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAsync<TimeoutException>(() => call.WithinTest("the time-out"));
        engine.Probe.Open(_key);
    }

    [Fact]
    public async Task AGrainClassMayStayLongerThanTheOthers()
    {
        await using var host = await StartAsync(silo => silo.Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromMinutes(5)));
        await host.Client.GetGrain<ISteadyGrain>(_key).CountAsync().WithinTest("the steady grain");
        await host.Client.GetGrain<ILifeGrain>(_key).CountAsync().WithinTest("the usual grain");
        Assert.Equal("activated", await engine.Probe.NextAsync(_key));

        _clock.Advance(TimeSpan.FromMinutes(30));

        Assert.Equal("deactivating ActivationIdle", await engine.Probe.NextAsync(_key));
        Assert.Equal(2, await host.Client.GetGrain<ISteadyGrain>(_key).CountAsync().WithinTest("the same activation"));
    }

    private Task<EngineHost> StartAsync(Action<ISiloBuilder>? configure = null) => engine.StartAsync(silo =>
    {
        silo.Services.AddSingleton<TimeProvider>(_clock);
        configure?.Invoke(silo);
    });
}

public interface ISteadyGrain : IGrainWithStringKey
{
    Task<int> CountAsync();
}

[CollectionAgeLimit(Hours = 1)]
public sealed class SteadyGrain : Grain, ISteadyGrain
{
    private int _count;

    public Task<int> CountAsync() => Task.FromResult(++_count);
}
