namespace OrleansRelay.Engine.Tests.Timers;

[Collection(EngineCollection.Name)]
public sealed class TimerTests(EngineFixture engine)
{
    private readonly string _key = EngineFixture.NewKey();

    private ITimerGrain Grain => engine.Client.GetGrain<ITimerGrain>(_key);

    [Fact]
    public async Task ATimerTicksAgainAndAgain()
    {
        await Grain.StartAsync(new TimerPlan()).WithinTest("the start of the timer");

        Assert.Equal(["tick", "tick", "tick"], [await NextAsync(), await NextAsync(), await NextAsync()]);
        await Grain.LeaveAsync().WithinTest("the request to leave");
    }

    [Fact]
    public async Task ATickThatThrowsDoesNotStopTheTimer()
    {
        await Grain.StartAsync(new TimerPlan { Throws = true }).WithinTest("the start of the timer");

        Assert.Equal(["tick", "tick"], [await NextAsync(), await NextAsync()]);
        await Grain.LeaveAsync().WithinTest("the request to leave");
    }

    [Fact]
    public async Task ATickWaitsForTheRequestThatRuns()
    {
        await Grain.StartAsync(new TimerPlan { DueTime = TimeSpan.FromMilliseconds(200), Period = Timeout.InfiniteTimeSpan }).WithinTest("the start of the timer");
        var call = Grain.HoldAsync(_key);
        var interleaving = engine.Client.GetGrain<ITimerGrain>(_key + "-b");
        await interleaving.StartAsync(new TimerPlan { DueTime = TimeSpan.FromMilliseconds(400), Period = Timeout.InfiniteTimeSpan }).WithinTest("the start of a later timer");

        Assert.Equal("tick", await engine.Probe.NextAsync(_key + "-b"));
        engine.Probe.Open(_key);

        await call.WithinTest("the request");
        Assert.Equal(["holding", "held", "tick"], [await NextAsync(), await NextAsync(), await NextAsync()]);
    }

    [Fact]
    public async Task AnInterleavingTickRunsBesideARequest()
    {
        await Grain.StartAsync(new TimerPlan { DueTime = TimeSpan.FromMilliseconds(200), Period = Timeout.InfiniteTimeSpan, Interleave = true }).WithinTest("the start of the timer");
        var call = Grain.HoldAsync(_key);

        Assert.Equal(["holding", "tick"], [await NextAsync(), await NextAsync()]);

        engine.Probe.Open(_key);
        await call.WithinTest("the request");
    }

    [Fact]
    public async Task TicksDoNotOverlapEvenIfTheyInterleave()
    {
        await Grain.StartAsync(new TimerPlan { DueTime = TimeSpan.Zero, Period = TimeSpan.FromMilliseconds(1), Interleave = true, Gate = _key }).WithinTest("the start of the timer");
        Assert.Equal("tick", await NextAsync());
        var other = engine.Client.GetGrain<ITimerGrain>(_key + "-b");
        await other.StartAsync(new TimerPlan { DueTime = TimeSpan.FromMilliseconds(100), Period = Timeout.InfiniteTimeSpan }).WithinTest("the start of a later timer");

        Assert.Equal("tick", await engine.Probe.NextAsync(_key + "-b"));

        Assert.False(engine.Probe.HasMore(_key));
        engine.Probe.Open(_key);
        Assert.Equal(["tock", "tick", "tock"], [await NextAsync(), await NextAsync(), await NextAsync()]);
        await Grain.LeaveAsync().WithinTest("the request to leave");
    }

    [Fact]
    public async Task AChangedTimerTicksAtItsNewTime()
    {
        await Grain.StartAsync(new TimerPlan { DueTime = TimeSpan.FromHours(1) }).WithinTest("the start of the timer");

        await Grain.ChangeAsync(TimeSpan.FromMilliseconds(20)).WithinTest("the change");

        Assert.Equal("tick", await NextAsync());
    }

    [Fact]
    public async Task ADisposedTimerTicksNoMore()
    {
        await Grain.StartAsync(new TimerPlan { Period = TimeSpan.FromMilliseconds(1) }).WithinTest("the start of the timer");
        Assert.Equal("tick", await NextAsync());

        await Grain.StopAsync().WithinTest("the stop");
        await Grain.StartAsync(new TimerPlan { DueTime = TimeSpan.FromMilliseconds(100), Gate = _key }).WithinTest("the start of another timer");
        engine.Probe.Open(_key);

        var told = new List<string>();
        while (told.Count == 0 || told[^1] != "tock")
        {
            told.Add(await NextAsync());
        }

        Assert.Equal(["stopped", "tick", "tock"], told.SkipWhile(what => what == "tick"));
        await Grain.LeaveAsync().WithinTest("the request to leave");
    }

    [Fact]
    public async Task TimersStopWithTheirActivation()
    {
        await Grain.StartAsync(new TimerPlan { Period = TimeSpan.FromMilliseconds(1) }).WithinTest("the start of the timer");
        Assert.Equal("tick", await NextAsync());
        await Grain.LeaveAsync().WithinTest("the request to leave");
        while (await NextAsync() != "deactivated")
        {
            // Ticks from before the end.
        }

        await Grain.StartAsync(new TimerPlan { DueTime = TimeSpan.FromMilliseconds(100), Period = Timeout.InfiniteTimeSpan, Gate = _key }).WithinTest("the next activation's timer");
        engine.Probe.Open(_key);

        Assert.Equal(["tick", "tock"], [await NextAsync(), await NextAsync()]);
    }

    private Task<string> NextAsync() => engine.Probe.NextAsync(_key);
}
