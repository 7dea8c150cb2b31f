using Orleans.Configuration;

namespace OrleansRelay.Engine.Tests.Activations;

[Collection(EngineCollection.Name)]
public sealed class DeactivationTests(EngineFixture engine)
{
    [Fact]
    public async Task AGrainThatAsksForItIsDeactivatedAndComesBackAnew()
    {
        var key = EngineFixture.NewKey();
        var grain = engine.Client.GetGrain<ILifeGrain>(key);
        await grain.CountAsync().WithinTest("the first call");

        await grain.LeaveAsync().WithinTest("the request to leave");

        Assert.Equal(
            ["activated", "deactivating ApplicationRequested", "deactivated"],
            [await engine.Probe.NextAsync(key), await engine.Probe.NextAsync(key), await engine.Probe.NextAsync(key)]);
        Assert.Equal(1, await grain.CountAsync().WithinTest("a call to the next activation"));
    }

    [Fact]
    public async Task ACallDuringDeactivationMeetsTheNextActivationAfterTheFarewell()
    {
        var key = "lingers-" + EngineFixture.NewKey();
        var grain = engine.Client.GetGrain<ILifeGrain>(key);
        await grain.LeaveAsync().WithinTest("the request to leave");
        Assert.Equal("activated", await engine.Probe.NextAsync(key));
        Assert.StartsWith("deactivating", await engine.Probe.NextAsync(key), StringComparison.Ordinal);

        var call = grain.CountAsync();

        Assert.False(engine.Probe.HasMore(key));
        Assert.False(call.IsCompleted);
        engine.Probe.Open(key);
        Assert.Equal(1, await call.WithinTest("the call"));
        Assert.Equal("deactivated", await engine.Probe.NextAsync(key));
        Assert.Equal("activated", await engine.Probe.NextAsync(key));
    }

    [Fact]
    public async Task ARequestThatRunsEndsBeforeTheGrainIsDeactivated()
    {
        var key = EngineFixture.NewKey();
        var grain = engine.Client.GetGrain<ILifeGrain>(key);
        var call = grain.HoldAsync(key);
        Assert.Equal("activated", await engine.Probe.NextAsync(key));
        Assert.Equal("holding", await engine.Probe.NextAsync(key));

        await grain.LeaveWhileBusyAsync().WithinTest("the request to leave");
        engine.Probe.Open(key);

        await call.WithinTest("the request that runs");
        Assert.Equal("held", await engine.Probe.NextAsync(key));
        Assert.StartsWith("deactivating", await engine.Probe.NextAsync(key), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUnusedGrainIsDeactivated()
    {
        await using var host = await StartWithShortLivesAsync();
        var key = EngineFixture.NewKey();

        await host.Client.GetGrain<ILifeGrain>(key).CountAsync().WithinTest("the call");

        Assert.Equal("activated", await engine.Probe.NextAsync(key));
        Assert.Equal("deactivating ActivationIdle", await engine.Probe.NextAsync(key));
    }

    [Fact]
    public async Task AGrainThatWantsToStayOutlivesOneThatDoesNot()
    {
        await using var host = await StartWithShortLivesAsync();
        var (stays, goes) = (EngineFixture.NewKey(), EngineFixture.NewKey());

        await host.Client.GetGrain<ILifeGrain>(stays).StayAsync(TimeSpan.FromMinutes(10)).WithinTest("the wish to stay");
        await host.Client.GetGrain<ILifeGrain>(goes).CountAsync().WithinTest("the call");

        Assert.Equal("activated", await engine.Probe.NextAsync(goes));
        Assert.Equal("deactivating ActivationIdle", await engine.Probe.NextAsync(goes));
        Assert.Equal("activated", await engine.Probe.NextAsync(stays));
        Assert.False(engine.Probe.HasMore(stays));
    }

    private Task<EngineHost> StartWithShortLivesAsync() => engine.StartAsync(silo => silo.Configure<GrainCollectionOptions>(options =>
    {
        options.CollectionQuantum = TimeSpan.FromMilliseconds(200);
        options.CollectionAge = TimeSpan.FromMilliseconds(400);
    }));
}
