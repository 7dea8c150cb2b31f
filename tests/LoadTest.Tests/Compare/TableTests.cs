using OrleansRelay.Benchmarks.Compare;

namespace OrleansRelay.LoadTest.Tests.Compare;

public sealed class TableTests
{
    [Fact]
    public async Task EveryContenderHasOneLineWithTheGateThatItDecides()
    {
        var measured = new Measured();
        Cell cell = new("1000 x 64 B, 50 k/s", ["fan-out"], MostTimesFloor: 1.2);
        CellRun run = new(cell,
        [
            measured.Contender("floor", Role.Floor, 4), measured.Contender("relay", Role.Relay, 4.6, 4.9, 4.7), measured.Contender("Nchan", Role.Peer, 4.7, 4.8, 4.7),
            measured.Contender("ws", Role.Peer, [null]), Measured.Refusing("Go relay", Role.PeerWithoutGate, "has one room"),
        ]);
        await run.RunAsync(rounds: 1, CancellationToken.None);

        using var output = new StringWriter();
        var table = new Table(new Terminal(output, isTerminal: false, hasColours: false));
        table.WriteHead(cell);
        table.WriteRows(run);

        Assert.Equal(
            """

            1000 x 64 B, 50 k/s
                            µs/delivery  x floor    p50 ms    p99 ms  deliveries/s  µs by round
              floor               4.000     1.00      3.25       9.5        50,000  4.00
              relay               4.700     1.18      3.25       9.5        50,000  4.60-4.90       1.20 x floor: met (1.18)
              Nchan               4.700     1.18      3.25       9.5        50,000  4.70-4.80       below Nchan: NOT MET (4.70 / 4.70)
              ws              could not carry the load                                              below ws: met (it carried nothing)
              Go relay        has one room
              Within 3 % of the relay: Nchan. 2 more rounds of these and the relay; the median of all counts.

            """,
            output.ToString());
    }
}
