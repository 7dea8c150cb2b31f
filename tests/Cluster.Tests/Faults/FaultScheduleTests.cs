using OrleansRelay.Chaos.Faults;

namespace OrleansRelay.Cluster.Tests.Faults;

public sealed class FaultScheduleTests
{
    private const int Some = 30;

    [Fact]
    public void TheSameSeedGivesTheSameFaults()
    {
        Assert.Equal(Make(7).OfSilos().Take(Some), Make(7).OfSilos().Take(Some));
        Assert.Equal(Make(7).OfGateways().Take(Some), Make(7).OfGateways().Take(Some));
        Assert.NotEqual(Make(7).OfSilos().Take(Some), Make(8).OfSilos().Take(Some));
    }

    [Fact]
    public void EveryKindComesToSilosAndToGateways()
    {
        FaultKind[] ofProcesses = [FaultKind.Terminate, FaultKind.Kill, FaultKind.Pause];

        Assert.Equal([FaultKind.Postgres, .. ofProcesses], Make(1).OfSilos().Take(7).Select(fault => fault.Kind).Distinct().Order());
        Assert.Equal(ofProcesses, Make(1).OfGateways().Take(6).Select(fault => fault.Kind).Distinct().Order());
    }

    [Fact]
    public void OnlyTheKindsThatAreWantedCome()
    {
        Assert.All(Make(1, FaultKind.Terminate, FaultKind.Postgres).OfSilos().Take(Some), fault => Assert.True(fault.Kind is FaultKind.Terminate or FaultKind.Postgres));
        Assert.Empty(Make(1, FaultKind.Postgres).OfGateways());
    }

    private static FaultSchedule Make(int seed, params FaultKind[] only) => new(seed, silos: 3, gateways: 2, postgresFor: TimeSpan.FromSeconds(30), only);
}
