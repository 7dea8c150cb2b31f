using Orleans.Configuration;

namespace OrleansRelay.Engine.Tests.Calls;

[Collection(EngineCollection.Name)]
public sealed class CallTests(EngineFixture engine)
{
    private readonly string _key = EngineFixture.NewKey();

    private ICallGrain Grain => engine.Client.GetGrain<ICallGrain>(_key);

    [Fact]
    public async Task EveryKindOfTaskBringsItsResult()
    {
        await Grain.DoAsync().WithinTest("Task");
        await Grain.DoCheaplyAsync().WithinTest("ValueTask");

        Assert.Equal("a", await Grain.EchoAsync("a").WithinTest("Task<string>"));
        Assert.Equal("b", await Grain.EchoCheaplyAsync("b").WithinTest("ValueTask<string>"));
    }

    [Fact]
    public async Task AnExceptionReachesTheCallerWithItsType()
    {
        var atOnce = await Assert.ThrowsAsync<KeyNotFoundException>(() => Grain.FailAtOnceAsync().WithinTest("the failure"));
        var later = await Assert.ThrowsAsync<KeyNotFoundException>(() => Grain.FailAfterAwaitAsync().WithinTest("the failure"));

        Assert.Equal("at once", atOnce.Message);
        Assert.Equal("after an await", later.Message);
    }

    [Fact]
    public async Task AGrainThatThrewServesTheNextCall()
    {
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Grain.FailAtOnceAsync().WithinTest("the failure"));

        Assert.Equal("still here", await Grain.EchoAsync("still here").WithinTest("the next call"));
    }

    [Fact]
    public async Task AGrainCallsAnother() =>
        Assert.Equal("hello", await Grain.AskOtherAsync(EngineFixture.NewKey(), "hello").WithinTest("the answer of the other grain"));

    [Fact]
    public async Task AGrainThatWaitsForItselfIsTimedOutAndLivesOn()
    {
        await using var host = await StartWithShortTimeoutAsync();
        var grain = host.Client.GetGrain<ICallGrain>(_key);

        await Assert.ThrowsAsync<TimeoutException>(() => grain.AskOtherAsync(_key, "deadlock").WithinTest("the time-out"));

        Assert.Equal("still here", await grain.EchoAsync("still here").WithinTest("the next call"));
    }

    [Fact]
    public async Task ACallWithoutAnswerEndsInATimeoutThatNamesTheGrain()
    {
        await using var host = await StartWithShortTimeoutAsync();

        var exception = await Assert.ThrowsAsync<TimeoutException>(
            () => host.Client.GetGrain<ICallGrain>(_key).NeverAnswerAsync(_key).WithinTest("the time-out"));

        Assert.Contains(_key, exception.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(ICallGrain.NeverAnswerAsync), exception.Message, StringComparison.Ordinal);
        engine.Probe.Open(_key);
    }

    [Fact]
    public async Task AOneWayCallReturnsBeforeTheGrainIsDone()
    {
        await Grain.HoldAsync(_key).WithinTest("the one-way call");

        Assert.False(engine.Probe.HasMore(_key));
        engine.Probe.Open(_key);
        Assert.Equal("held", await engine.Probe.NextAsync(_key));
    }

    [Fact]
    public async Task ACallersCancellationReachesTheGrain()
    {
        using var cancellation = new CancellationTokenSource();
        var call = Grain.WaitAsync(cancellation.Token);
        Assert.Equal("waiting", await engine.Probe.NextAsync(_key));

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WithinTest("the cancelled call"));
    }

    private Task<EngineHost> StartWithShortTimeoutAsync() => engine.StartAsync(silo =>
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromMilliseconds(500)));
}
