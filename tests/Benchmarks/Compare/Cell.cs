using System.Globalization;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary>One load that the relay and its rivals are compared under, and how much dearer than the floor the relay may be.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Flags">The load tester's flags.</param>
/// <param name="MostTimesFloor">The gate: the relay's CPU per delivery over the floor's; null without a gate.</param>
internal sealed record Cell(string Name, string[] Flags, double? MostTimesFloor)
{
    private const string FlatOut = "--flat-out";

    private static readonly Size[] Sizes = [new("64 B", 64, 50_000, 64), new("512 B", 512, 50_000, 64), new("16 KiB", 16 * 1024, 10_000, 4)];

    private static readonly int[] ViewerCounts = [100, 1000, 5000];

    /// <summary>Every size with every number of viewers, at a fixed rate and flat out; video; many channels.</summary>
    public static IReadOnlyList<Cell> All { get; } =
    [
        .. from size in Sizes from viewers in ViewerCounts select AtFixedRate(viewers, size),
        .. from size in Sizes from viewers in ViewerCounts select AsFastAsItGoes(viewers, size),
        new("video 80 KiB x 30 fps x 50", ["video"], 1.3),

        // Last: the relay is busy with hundreds of channels for a while after the load, until their publishers' leases end and they are stored.
        // Few sends follow each message here, so the way in, the grain and the stream weigh as much as the fan-out. The floor program has none of them.
        new("200 channels x 5, 50 k/s", [.. ManyChannels, "--deliveries", "50000"], 1.45),
        new("200 channels x 5, flat out", [.. ManyChannels, FlatOut, "--in-flight", "8"], null),
    ];

    /// <summary>The cells in which the floor bounds the relay.</summary>
    public static IReadOnlyList<Cell> WithFloorGate { get; } = [.. All.Where(cell => cell.MostTimesFloor is not null)];

    /// <summary>How many viewers, when the flags say so.</summary>
    public int Viewers => Array.IndexOf(Flags, "--viewers") is >= 0 and var at ? int.Parse(Flags[at + 1], CultureInfo.InvariantCulture) : 0;

    /// <summary>Whether it needs a relay that keeps channels apart.</summary>
    public bool HasManyChannels => Flags[0] == ManyChannels[0];

    /// <summary>Whether publishers send as fast as they can.</summary>
    public bool IsFlatOut => Flags.Contains(FlatOut);

    private static string[] ManyChannels => ["many-channels", "--channels", "200", "--viewers", "1000", "--size", "64"];

    private static Cell AtFixedRate(int viewers, Size size) => new(
        $"{viewers} x {size.Name}, {size.Deliveries / 1000} k/s",
        [.. FanOut(viewers, size), "--deliveries", $"{size.Deliveries}"],
        (viewers, size.Bytes) switch
        {
            (1000, 64 or 512) => 1.2,
            (1000, 16 * 1024) or (100, 64) => 1.25,
            _ => null,
        });

    private static Cell AsFastAsItGoes(int viewers, Size size) => new(
        $"{viewers} x {size.Name}, flat out",
        [.. FanOut(viewers, size), FlatOut, "--in-flight", $"{size.InFlight}"],
        (viewers, size.Bytes) is (1000, 64 or 512) ? 1.25 : null);

    private static string[] FanOut(int viewers, Size size) => ["fan-out", "--viewers", $"{viewers}", "--size", $"{size.Bytes}"];

    /// <summary>A size of messages, and how many of them a second or at once are a fair load.</summary>
    private sealed record Size(string Name, int Bytes, int Deliveries, int InFlight);
}
