namespace OrleansRelay.Engine.Tests.Activations;

[Collection(EngineCollection.Name)]
public sealed class TurnTests(EngineFixture engine)
{
    private readonly string _key = EngineFixture.NewKey();

    [Fact]
    public async Task ARequestWaitsUntilTheOneBeforeItHasEnded()
    {
        var grain = engine.Client.GetGrain<ITurnGrain>(_key, typeof(TurnGrain).FullName);
        var first = grain.HoldAsync(_key);
        Assert.Equal("holding", await engine.Probe.NextAsync(_key));

        var second = grain.TellAsync("second");

        await grain.TellAtOnceAsync("overtook").WithinTest("a method that interleaves");
        Assert.Equal("overtook", await engine.Probe.NextAsync(_key));
        Assert.False(second.IsCompleted);
        engine.Probe.Open(_key);
        await Task.WhenAll(first, second).WithinTest("both requests");
        Assert.Equal(["held", "second"], [await engine.Probe.NextAsync(_key), await engine.Probe.NextAsync(_key)]);
    }

    [Fact]
    public async Task AReentrantGrainTakesARequestWhileAnotherAwaits()
    {
        var grain = engine.Client.GetGrain<IReentrantTurnGrain>(_key);
        var first = grain.HoldAsync(_key);
        Assert.Equal("holding", await engine.Probe.NextAsync(_key));

        await grain.TellAsync("second").WithinTest("the second request");

        Assert.False(first.IsCompleted);
        Assert.Equal("second", await engine.Probe.NextAsync(_key));
        engine.Probe.Open(_key);
        await first.WithinTest("the first request");
    }

    [Fact]
    public async Task NoTwoTurnsRunAtOnceEvenInAReentrantGrain()
    {
        var grain = engine.Client.GetGrain<IReentrantTurnGrain>(_key);

        var wasAlone = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => grain.YieldOftenAsync(times: 100))).WithinTest("20 requests of 100 turns");

        Assert.All(wasAlone, Assert.True);
    }

    [Fact]
    public async Task AnAwaitInAGrainComesBackToItsTurns()
    {
        var grain = engine.Client.GetGrain<IReentrantTurnGrain>(_key);

        Assert.True(await grain.ComesBackAfterAwaitAsync().WithinTest("the call"));
    }

    [Fact]
    public async Task ThousandsOfWaitingRequestsAreServedInOrder()
    {
        var grain = engine.Client.GetGrain<ITurnGrain>(_key, typeof(TurnGrain).FullName);
        var first = grain.HoldAsync(_key);
        Assert.Equal("holding", await engine.Probe.NextAsync(_key));

        var waiting = Enumerable.Range(0, 5000).Select(i => grain.TellAsync($"{i}")).ToList();
        engine.Probe.Open(_key);

        await Task.WhenAll([first, .. waiting]).WithinTest("5,000 requests");
        Assert.Equal("held", await engine.Probe.NextAsync(_key));
        for (var i = 0; i < waiting.Count; i++)
        {
            Assert.Equal($"{i}", await engine.Probe.NextAsync(_key));
        }
    }
}
