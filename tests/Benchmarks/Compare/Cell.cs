namespace OrleansRelay.Benchmarks.Compare;

/// <summary>One load that relay and rivals are compared under, and how much dearer than the floor the relay may be.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Flags">The load tester's flags.</param>
/// <param name="MostTimesFloor">The gate: the relay's CPU a delivery over the floor's.</param>
internal sealed record Cell(string Name, string[] Flags, double MostTimesFloor)
{
    /// <summary>The cells of issue 4. The gates are ratios of one run: times differ from machine to machine, these hardly.</summary>
    public static IReadOnlyList<Cell> All { get; } =
    [
        new("1000 x 64 B, 50 k/s", ["fan-out", "--viewers", "1000", "--size", "64", "--deliveries", "50000"], 1.25),
        new("1000 x 512 B, 50 k/s", ["fan-out", "--viewers", "1000", "--size", "512", "--deliveries", "50000"], 1.25),
        new("1000 x 64 B, flat out", ["fan-out", "--viewers", "1000", "--size", "64", "--flat-out"], 1.5),
        new("1000 x 512 B, flat out", ["fan-out", "--viewers", "1000", "--size", "512", "--flat-out"], 1.5),
        new("1000 x 16 KiB, 10 k/s", ["fan-out", "--viewers", "1000", "--size", "16384", "--deliveries", "10000"], 1.4),
        new("video 80 KiB x 30 fps x 50", ["video"], 1.4),
    ];
}
