namespace OrleansRelay.Engine.Tests.Activations;

[Collection(EngineCollection.Name)]
public sealed class ActivationTests(EngineFixture engine)
{
    [Fact]
    public async Task TheFirstCallActivatesTheGrainAndAReferenceDoesNot()
    {
        var key = EngineFixture.NewKey();

        var grain = engine.Client.GetGrain<ILifeGrain>(key);

        Assert.False(engine.Probe.HasMore(key));
        await grain.CountAsync().WithinTest("the call");
        Assert.Equal("activated", await engine.Probe.NextAsync(key));
    }

    [Fact]
    public async Task ConcurrentFirstCallsMeetOneActivation()
    {
        var key = EngineFixture.NewKey();

        var counts = await Task.WhenAll(Enumerable.Range(0, 50)
            .Select(_ => Task.Run(() => engine.Client.GetGrain<ILifeGrain>(key).CountAsync()))).WithinTest("50 calls");

        Assert.Equal(Enumerable.Range(1, 50), counts.Order());
        Assert.Equal("activated", await engine.Probe.NextAsync(key));
        Assert.False(engine.Probe.HasMore(key));
    }

    [Fact]
    public async Task GrainsOfDifferentKeysShareNothing()
    {
        await engine.Client.GetGrain<ILifeGrain>(EngineFixture.NewKey()).CountAsync().WithinTest("the first grain's call");

        Assert.Equal(1, await engine.Client.GetGrain<ILifeGrain>(EngineFixture.NewKey()).CountAsync().WithinTest("the other grain's call"));
    }

    [Fact]
    public async Task AFailedActivationReachesTheCallerAndTheNextCallTriesAgain()
    {
        var key = "fails-" + EngineFixture.NewKey();
        var grain = engine.Client.GetGrain<ILifeGrain>(key);

        await Assert.ThrowsAsync<ActivationRefusedException>(() => grain.CountAsync().WithinTest("the call that fails"));

        Assert.Equal(1, await grain.CountAsync().WithinTest("the call that tries again"));
    }

    [Fact]
    public async Task AGrainCanHandOutAReferenceToItself()
    {
        var key = EngineFixture.NewKey();
        var grain = engine.Client.GetGrain<ILifeGrain>(key);

        var self = await grain.SelfAsync().WithinTest("the reference");

        Assert.Equal(key, self.GetPrimaryKeyString());
        Assert.Equal(grain, self);
        Assert.Equal(1, await self.CountAsync().WithinTest("a call by the reference"));
    }

    [Fact]
    public void AnInterfaceThatNoGrainImplementsIsRefusedWithItsName()
    {
        var exception = Assert.ThrowsAny<ArgumentException>(() => engine.Client.GetGrain<INobodysGrain>("x"));

        Assert.Contains(nameof(INobodysGrain), exception.Message, StringComparison.Ordinal);
    }
}

public interface INobodysGrain : IGrainWithStringKey;
