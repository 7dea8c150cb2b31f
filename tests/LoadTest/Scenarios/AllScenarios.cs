namespace OrleansRelay.LoadTest.Scenarios;

/// <summary>All scenarios, by their names on the command line.</summary>
internal static class AllScenarios
{
    public static IReadOnlyList<IScenario> List { get; } =
    [
        new FanOut("fan-out", "What does one delivery cost when one message goes to many?", options => options),
        new FanOut("many-channels", "And when each goes to few, on many channels?", options => options with { Channels = 200 }),
        new FanOut("video", "Does it carry frames of 80 KiB, 30 a second?", options => options with { Viewers = 50, MessageBytes = 80 * 1024, Rate = 30 }),
        new FanOut("echo", "How long is the way from a publisher to one viewer, one message at a time?", options => options with { Viewers = 1, Rate = 0, InFlight = 1 }),
        new LateJoiners(),
        new JoinStorm(),
        new Churn(),
        new SlowViewers(),
        new PublishLatency(),
    ];
}
