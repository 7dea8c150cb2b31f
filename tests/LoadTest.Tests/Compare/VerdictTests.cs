using OrleansRelay.Benchmarks.Compare;

namespace OrleansRelay.LoadTest.Tests.Compare;

public sealed class VerdictTests
{
    [Fact]
    public void TheVerdictIsTheLastLineAndTheExitCode()
    {
        using var output = new StringWriter();
        var terminal = new Terminal(output, isTerminal: false, hasColours: false);
        var verdict = new Verdict();
        verdict.Add("video", Gate.Below("Nchan", 4.6, 4.7));

        Assert.Equal(0, verdict.Write(terminal));

        verdict.Add("video", Gate.Below("ws", 4.6, 4.5));

        Assert.Equal(1, verdict.Write(terminal));

        Assert.Equal(
            """

            MET: 1 of 1 gates

            video  below ws: NOT MET (4.60 / 4.50)
            NOT MET: 1 of 2 gates

            """,
            output.ToString());
    }

    [Fact]
    public void AShortListShowsTheGatesThatAreMetToo()
    {
        using var output = new StringWriter();
        var verdict = new Verdict();
        verdict.Add("memory", Gate.AtMost(4.5, "KiB a viewer", 4.4));
        verdict.Add("CPU while idle", Gate.AtMost(1, "% of a core", 1.2));

        verdict.Write(new Terminal(output, isTerminal: false, hasColours: false), withMetGates: true);

        Assert.Equal(
            """

            memory          at most 4.5 KiB a viewer: met (4.4)
            CPU while idle  at most 1 % of a core: NOT MET (1.2)
            NOT MET: 1 of 2 gates

            """,
            output.ToString());
    }
}
