using System.Globalization;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary>One load that relay and rivals are compared under, and how much dearer than the floor the relay may be.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Flags">The load tester's flags.</param>
/// <param name="MostTimesFloor">The gate: the relay's CPU a delivery over the floor's; null where it is only looked at.</param>
internal sealed record Cell(string Name, string[] Flags, double? MostTimesFloor)
{
    private static readonly (string Name, int Bytes, int Deliveries, int InFlight)[] Sizes = [("64 B", 64, 50_000, 64), ("512 B", 512, 50_000, 64), ("16 KiB", 16 * 1024, 10_000, 4)];

    private static readonly int[] ViewerCounts = [100, 1000, 5000];

    /// <summary>The cells with gates, which are ratios of one run: times differ from machine to machine, these hardly.</summary>
    public static IReadOnlyList<Cell> All { get; } =
    [
        new("1000 x 64 B, 50 k/s", ["fan-out", "--viewers", "1000", "--size", "64", "--deliveries", "50000"], 1.2),
        new("1000 x 512 B, 50 k/s", ["fan-out", "--viewers", "1000", "--size", "512", "--deliveries", "50000"], 1.2),
        new("1000 x 64 B, flat out", ["fan-out", "--viewers", "1000", "--size", "64", "--flat-out"], 1.25),
        new("1000 x 512 B, flat out", ["fan-out", "--viewers", "1000", "--size", "512", "--flat-out"], 1.25),
        new("1000 x 16 KiB, 10 k/s", ["fan-out", "--viewers", "1000", "--size", "16384", "--deliveries", "10000"], 1.25),
        new("video 80 KiB x 30 fps x 50", ["video"], 1.3),

        // Few sends follow each message here, so the way in, the grain and the stream weigh as much as the fan-out, and the floor program has none of them.
        new("100 x 64 B, 50 k/s", ["fan-out", "--viewers", "100", "--size", "64", "--deliveries", "50000"], 1.25),
        new("200 channels x 5, 50 k/s", ["many-channels", "--deliveries", "50000"], 1.45),
    ];

    /// <summary>The cells in which other makers' relays are compared: every size with every number of viewers, at a fixed rate and flat out, video, and many channels.</summary>
    public static IReadOnlyList<Cell> OfPeers { get; } =
    [
        .. from size in Sizes
           from viewers in ViewerCounts
           select new Cell($"{viewers} x {size.Name}, {size.Deliveries / 1000} k/s", ["fan-out", "--viewers", $"{viewers}", "--size", $"{size.Bytes}", "--deliveries", $"{size.Deliveries}"], null),
        .. from size in Sizes
           from viewers in ViewerCounts
           select new Cell($"{viewers} x {size.Name}, flat out", ["fan-out", "--viewers", $"{viewers}", "--size", $"{size.Bytes}", "--flat-out", "--in-flight", $"{size.InFlight}"], null),
        new("video 80 KiB x 30 fps x 50", ["video"], null),

        // Last, for the relay goes on with it when the load is over: hundreds of channels whose lost publishers are waited for, and whose ends are stored then.
        new("200 channels x 5, 50 k/s", [.. ManyChannels, "--deliveries", "50000"], null),
        new("200 channels x 5, flat out", [.. ManyChannels, "--flat-out", "--in-flight", "8"], null),
    ];

    /// <summary>How many viewers, where the flags say.</summary>
    public int Viewers => Array.IndexOf(Flags, "--viewers") is >= 0 and var at ? int.Parse(Flags[at + 1], CultureInfo.InvariantCulture) : 0;

    /// <summary>Whether it needs a relay that keeps channels apart.</summary>
    public bool HasManyChannels => Flags[0] == ManyChannels[0];

    private static string[] ManyChannels => ["many-channels", "--channels", "200", "--viewers", "1000", "--size", "64"];
}
