using System.Globalization;
using OrleansRelay.LoadTest.Measuring;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary>A bound on a measured figure, and whether the figure keeps it.</summary>
/// <param name="Claim">The bound in words.</param>
/// <param name="IsMet">Whether it is kept.</param>
/// <param name="Figures">What was measured.</param>
internal sealed record Gate(string Claim, bool IsMet, string Figures)
{
    /// <summary>The relay's CPU per delivery is at most so many times the floor program's.</summary>
    public static Gate OverFloor(double mostTimes, double relay, double floor) =>
        new(Text($"{mostTimes:0.00} x floor"), relay <= mostTimes * floor, Text($"{relay / floor:0.00}"));

    /// <summary>The relay's CPU per delivery is below a peer's. A peer that carried nothing is beaten.</summary>
    /// <param name="peer">The peer's name.</param>
    /// <param name="relay">The relay's CPU per delivery.</param>
    /// <param name="ofPeer">The peer's; null when it could not carry the load.</param>
    public static Gate Below(string peer, double relay, double? ofPeer) => ofPeer is { } cpu
        ? new($"below {peer}", relay < cpu, $"{Micros(relay)} / {Micros(cpu)}")
        : new($"below {peer}", IsMet: true, "it carried nothing");

    /// <summary>A figure is at most this.</summary>
    public static Gate AtMost(double most, string unit, double measured) => new(Text($"at most {most:0.###} {unit}"), measured <= most, Text($"{measured:G3}"));

    /// <summary>A figure is at least this.</summary>
    public static Gate AtLeast(double least, string unit, double measured) => new(Text($"at least {least:0.###} {unit}"), measured >= least, Text($"{measured:0.00}"));

    /// <summary>Every delivery of these runs came once, in order and whole.</summary>
    public static Gate AllDelivered(IReadOnlyCollection<RunResult> runs)
    {
        var failed = runs.Count(run => !run.Passed);
        return new("all delivered", failed == 0, Text($"{runs.Sum(run => run.Checks.Lost):N0} lost, {failed} of {runs.Count} runs failed"));
    }

    /// <summary>Microseconds with three digits that count.</summary>
    public static string Micros(double micros) => micros.ToString(micros < 1 ? "0.000" : micros < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => $"{Claim}: {(IsMet ? "met" : "NOT MET")} ({Figures})";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
