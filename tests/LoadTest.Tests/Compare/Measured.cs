using OrleansRelay.Benchmarks.Compare;
using OrleansRelay.LoadTest.Measuring;

namespace OrleansRelay.LoadTest.Tests.Compare;

/// <summary>Contenders whose rounds have the figures that a test says.</summary>
internal sealed class Measured
{
    /// <summary>Who was loaded, in order, with the number of the round.</summary>
    public List<string> Order { get; } = [];

    /// <summary>A contender that needs this much CPU per delivery, round by round; null is a load that it could not carry.</summary>
    public Entry Contender(string name, Role role, params double?[] micros) => new(name, role, refusal: null, (round, _) =>
    {
        Order.Add(FormattableString.Invariant($"{round} {name}"));
        return Task.FromResult(micros[round - 1] is { } cpu ? Run(cpu) : null);
    });

    /// <summary>A contender that can't take part.</summary>
    public static Entry Refusing(string name, Role role, string why) =>
        new(name, role, why, (_, _) => throw new InvalidOperationException($"{name} must not be loaded."));

    /// <summary>A contender that loses messages in its only round.</summary>
    public static Entry Losing(string name, Role role, double micros, long lost) =>
        new(name, role, refusal: null, (_, _) => Task.FromResult<RunResult?>(Run(micros) with { Passed = false, Checks = new CheckResult(100, lost, 0, 0, 0, 0, 0) }));

    /// <summary>A round with this CPU per delivery.</summary>
    public static RunResult Run(double micros) => new()
    {
        Scenario = "fan-out",
        Name = "a relay",
        Target = "ws://127.0.0.1",
        StartedAt = DateTimeOffset.UnixEpoch,
        Viewers = 1000,
        Publishers = 1,
        Channels = 1,
        MessageBytes = 64,
        Load = "50 messages/s a publisher",
        Seconds = 3,
        Checks = new CheckResult(150_000, 0, 0, 0, 0, 0, 0),
        Latency = new LatencyResult(150_000, 3.5, 3.25, 7, 9.5, 12, 15, []),
        DeliveriesPerSecond = 50_000,
        PublishedPerSecond = 50,
        MegabytesPerSecond = 3.2,
        CpuMicrosPerDelivery = micros,
        Loader = new LoaderResult(50, 50, WasBottleneck: false, ""),
        Windows = [],
        Samples = [],
        Extras = new Dictionary<string, double>(),
        Problems = [],
        Passed = true,
    };
}
