using OrleansRelay.Engine.Tests.Activations;

namespace OrleansRelay.Engine.Tests.Hosting;

[Collection(EngineCollection.Name)]
public sealed class StopTests(EngineFixture engine)
{
    [Fact]
    public async Task AGracefulStopDeactivatesEveryGrain()
    {
        await using var host = await engine.StartAsync(_ => { });
        var keys = Enumerable.Range(0, 20).Select(_ => EngineFixture.NewKey()).ToList();
        await Task.WhenAll(keys.Select(key => host.Client.GetGrain<ILifeGrain>(key).CountAsync())).WithinTest("20 grains");

        await host.StopAsync();

        foreach (var key in keys)
        {
            Assert.Equal(
                ["activated", "deactivating ShuttingDown", "deactivated"],
                [await engine.Probe.NextAsync(key), await engine.Probe.NextAsync(key), await engine.Probe.NextAsync(key)]);
        }
    }

    [Fact]
    public async Task AGracefulStopWaitsForTheFarewellOfAGrain()
    {
        await using var host = await engine.StartAsync(_ => { });
        var key = "lingers-" + EngineFixture.NewKey();
        await host.Client.GetGrain<ILifeGrain>(key).CountAsync().WithinTest("the call");

        var stop = host.StopAsync();

        Assert.Equal("activated", await engine.Probe.NextAsync(key));
        Assert.Equal("deactivating ShuttingDown", await engine.Probe.NextAsync(key));
        Assert.False(stop.IsCompleted);
        engine.Probe.Open(key);
        await stop.WithinTest("the stop");
        Assert.Equal("deactivated", await engine.Probe.NextAsync(key));
    }

    [Fact]
    public async Task AStoppedEngineRefusesCalls()
    {
        await using var host = await engine.StartAsync(_ => { });
        var grain = host.Client.GetGrain<ILifeGrain>(EngineFixture.NewKey());

        await host.StopAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => grain.CountAsync().WithinTest("the refusal"));
    }
}
