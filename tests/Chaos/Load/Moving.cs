namespace OrleansRelay.Chaos.Load;

/// <summary>Publishers and viewers change gateways now and then without a fault, as people do.</summary>
/// <remarks>Without it everyone would sit on the gateway that was killed least recently, and the others' faults would hit nobody.</remarks>
internal static class Moving
{
    private const double ShortestStay = 15;
    private const double LongestStay = 45;

    /// <summary>When one that connects now moves on.</summary>
    public static long NextFrom(Clock clock, Random random) => clock.Now + (long)((ShortestStay + ((LongestStay - ShortestStay) * random.NextDouble())) * 1_000_000);
}
