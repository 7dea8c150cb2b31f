namespace OrleansRelay.Chaos.History;

/// <summary>What the end of a connection means for who had it: PROTOCOL.md, section 8, and two ends that have no code.</summary>
internal static class CloseCodes
{
    /// <summary>It broke off without a close.</summary>
    public const int Broken = -1;

    /// <summary>Nothing came for so long that this side gave it up.</summary>
    public const int Silent = -2;

    /// <summary>It went by its own will, to come back at another gateway.</summary>
    public const int Moved = -3;

    /// <summary>The run was over.</summary>
    public const int Finished = 1000;

    /// <summary>Whether it says not to come back.</summary>
    public static bool IsFinal(int code) => code is 1002 or 1007 or 1009 or (>= 4000 and < 4100);

    /// <summary>Whether the relay closed it properly.</summary>
    public static bool IsProper(int code) => code >= 4000 || code is Finished or Moved;

    /// <summary>How long to wait before coming back.</summary>
    public static TimeSpan Pause(int code, Random random) => code switch
    {
        >= 4200 and < 4300 => TimeSpan.FromSeconds(random.NextDouble()),
        Moved => TimeSpan.Zero,
        Broken or Silent => TimeSpan.FromSeconds(random.NextDouble()),
        _ => TimeSpan.FromSeconds(1 + (4 * random.NextDouble())),
    };
}
