using OrleansRelay.Benchmarks.Compare;

namespace OrleansRelay.LoadTest.Tests.Compare;

public sealed class CellRunTests
{
    private static readonly Cell Any = new("1000 x 64 B, 50 k/s", ["fan-out"], MostTimesFloor: 1.2);

    private readonly Measured _measured = new();

    [Fact]
    public async Task RoundsAreInterleaved()
    {
        await RunAsync(2, Floor(4, 4), Relay(4.5, 4.5), Peer("Nchan", 6, 6));

        Assert.Equal(["1 floor", "1 relay", "1 Nchan", "2 floor", "2 relay", "2 Nchan"], _measured.Order);
    }

    [Fact]
    public async Task TheMedianOfTheRoundsCounts()
    {
        var run = await RunAsync(3, Floor(4, 9, 4), Relay(4.4, 4.5, 9), Peer("Nchan", 6, 5, 1));

        Assert.Equal(["1.20 x floor: met (1.13)", "below Nchan: met (4.50 / 5.00)"], Gates(run));
    }

    [Theory]
    [InlineData(4.86)]
    [InlineData(5.14)]
    public async Task APeerThatIsTiedWithTheRelayGetsTwoMoreRounds(double relay)
    {
        var run = await RunAsync(1, Floor(4), Relay(relay, 4.6, 4.7), Peer("Nchan", 5, 4.8, 4.9), Peer("ws", 6));

        Assert.Equal(["1 floor", "1 relay", "1 Nchan", "1 ws", "2 relay", "2 Nchan", "3 relay", "3 Nchan"], _measured.Order);
        Assert.Equal("Nchan", Assert.Single(run.Tied).Name);
        Assert.Contains("below Nchan: met (4.70 / 4.90)", Gates(run));
        Assert.Contains("below ws: met (4.70 / 6.00)", Gates(run));
    }

    [Fact]
    public async Task PeersThatAreTiedAtOnceShareTheExtraRounds()
    {
        await RunAsync(1, Floor(4), Relay(5, 5, 5), Peer("Nchan", 5.1, 5.1, 5.1), Peer("ws", 4.9, 4.9, 4.9));

        Assert.Equal(["2 relay", "2 Nchan", "2 ws", "3 relay", "3 Nchan", "3 ws"], _measured.Order[4..]);
    }

    [Theory]
    [InlineData(4.8)]
    [InlineData(5.2)]
    public async Task FourPercentIsNoTie(double relay) => Assert.Empty((await RunAsync(1, Floor(4), Relay(relay), Peer("Nchan", 5))).Tied);

    [Fact]
    public async Task FloorAndContendersWithoutGateAreNeverTied()
    {
        var run = await RunAsync(1, Floor(5), Relay(5), _measured.Contender("plain relay", Role.Plain, 5), _measured.Contender("Go relay", Role.PeerWithoutGate, 5));

        Assert.Empty(run.Tied);
        Assert.Equal(["1.20 x floor: met (1.00)"], Gates(run));
    }

    [Fact]
    public async Task APeerThatCarriesNothingIsBeaten()
    {
        var run = await RunAsync(1, Floor(4), Relay(4.5), Peer("ws", [null]));

        Assert.Contains("below ws: met (it carried nothing)", Gates(run));
    }

    [Fact]
    public async Task APeerThatCannotTakePartHasNoGate()
    {
        var run = await RunAsync(1, Floor(4), Relay(4.5), Measured.Refusing("ws", Role.Peer, "has one room"));

        Assert.Equal(["1.20 x floor: met (1.13)"], Gates(run));
    }

    [Fact]
    public async Task OnlyOurOwnProgramsMustDeliverAll()
    {
        var run = await RunAsync(1, Floor(4), Measured.Losing("relay", Role.Relay, 4.5, lost: 7), Measured.Losing("ws", Role.Peer, 6, lost: 9));

        Assert.Equal(["1.20 x floor: met (1.13)", "all delivered: NOT MET (7 lost, 1 of 1 runs failed)", "below ws: met (4.50 / 6.00)"], Gates(run));
    }

    private static string[] Gates(CellRun run) => [.. run.Entries.SelectMany(run.GatesOf).Select(gate => gate.ToString())];

    private static async Task<CellRun> RunAsync(int rounds, params Entry[] entries)
    {
        var run = new CellRun(Any, entries);
        await run.RunAsync(rounds, CancellationToken.None);
        return run;
    }

    private Entry Floor(params double?[] micros) => _measured.Contender("floor", Role.Floor, micros);

    private Entry Relay(params double?[] micros) => _measured.Contender("relay", Role.Relay, micros);

    private Entry Peer(string name, params double?[] micros) => _measured.Contender(name, Role.Peer, micros);
}
