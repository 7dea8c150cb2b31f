using OrleansRelay.Chaos.Faults;
using OrleansRelay.Chaos.History;

namespace OrleansRelay.Chaos.Reports;

/// <summary>The outcome of a run: what was promised and whether it was kept, and what it took.</summary>
internal sealed record ChaosReport
{
    public required ChaosSettings Settings { get; init; }

    public required IReadOnlyList<ChannelVerdict> Channels { get; init; }

    public required IReadOnlyList<FaultImpact> Impacts { get; init; }

    /// <summary>From the publisher's send to a viewer's receipt, in milliseconds: of everything, of what was sent while no fault lasted, and while one did.</summary>
    public required Percentiles Latency { get; init; }

    public required Percentiles LatencyInPeace { get; init; }

    public required Percentiles LatencyInFaults { get; init; }

    /// <summary>How connections of viewers and publishers ended, by code.</summary>
    public required IReadOnlyDictionary<int, int> Closes { get; init; }

    /// <summary>The share of the run in which some process of this machine waited for a processor; 0 where the kernel doesn't tell.</summary>
    public double WaitedForProcessor { get; init; }

    /// <summary>The longest time, in seconds, for which this tool itself was not run: every measured pause may have so much of the machine in it.</summary>
    public double LongestStandstill { get; init; }

    public required IReadOnlyList<VerdictLine> Lines { get; init; }

    /// <summary>Whether every line is kept.</summary>
    public bool IsKept => Lines.All(line => line.IsKept);

    /// <summary>The impacts of a kind of fault.</summary>
    public static IEnumerable<FaultImpact> OfKind(IEnumerable<FaultImpact> impacts, FaultKind kind) => impacts.Where(impact => impact.Fault.Kind == kind);
}

/// <summary>One promise and what became of it.</summary>
internal sealed record VerdictLine(string Promise, string Found, bool IsKept);
