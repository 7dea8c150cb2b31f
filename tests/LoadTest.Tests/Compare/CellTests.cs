using OrleansRelay.Benchmarks.Compare;
using OrleansRelay.LoadTest.Commands;
using OrleansRelay.LoadTest.Scenarios;

namespace OrleansRelay.LoadTest.Tests.Compare;

public sealed class CellTests
{
    public static TheoryData<string> Names => [.. Cell.All.Select(cell => cell.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void TheLoadTesterUnderstandsItsFlags(string name)
    {
        var cell = Cell.All.Single(cell => cell.Name == name);
        var scenario = AllScenarios.List.Single(scenario => scenario.Name == cell.Flags[0]);

        Assert.Empty(ScenarioCommand.Create(scenario).Parse(cell.Flags[1..]).Errors);
    }

    [Fact]
    public void TheFloorBoundsTheRelayInTheseCells() => Assert.Equal(
        [
            ("100 x 64 B, 50 k/s", 1.25), ("1000 x 64 B, 50 k/s", 1.2), ("1000 x 512 B, 50 k/s", 1.2), ("1000 x 16 KiB, 10 k/s", 1.25),
            ("1000 x 64 B, flat out", 1.25), ("1000 x 512 B, flat out", 1.25), ("video 80 KiB x 30 fps x 50", 1.3), ("200 channels x 5, 50 k/s", 1.45),
        ],
        Cell.WithFloorGate.Select(cell => (cell.Name, cell.MostTimesFloor!.Value)));
}
