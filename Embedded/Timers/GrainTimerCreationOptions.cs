using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>When a grain timer ticks, and beside what.</summary>
public readonly struct GrainTimerCreationOptions()
{
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
        : this() => (DueTime, Period) = (dueTime, period);

    /// <summary>Until the first tick; infinite for never.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>From the end of a tick to the next one; infinite for only one tick.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Whether a tick may run while requests await. Default: it waits its turn like a request.</summary>
    public bool Interleave { get; init; }

    /// <summary>Whether a tick counts as use of the grain. Default: it doesn't, the grain may be deactivated for being idle.</summary>
    public bool KeepAlive { get; init; }
}
