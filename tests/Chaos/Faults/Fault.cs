using System.Text.Json.Serialization;

namespace OrleansRelay.Chaos.Faults;

/// <summary>What is done to a process, the gravest last.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultKind>))]
internal enum FaultKind
{
    /// <summary>PostgreSQL ends without a word and is started again.</summary>
    Postgres,

    /// <summary>SIGTERM, and started again when it has ended.</summary>
    Terminate,

    /// <summary>SIGKILL, and started again a little later.</summary>
    Kill,

    /// <summary>A process ended that nobody had done anything to.</summary>
    Unexpected,

    /// <summary>SIGSTOP, and SIGCONT 5 to 30 s later.</summary>
    Pause,
}

/// <summary>One fault as it is planned.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Target">The index of the silo or gateway.</param>
/// <param name="After">How long everything has been well before.</param>
/// <param name="For">How long it lasts: down, paused, or away.</param>
internal sealed record PlannedFault(FaultKind Kind, int Target, TimeSpan After, TimeSpan For);

/// <summary>One fault as it was. Times are microseconds since the run began.</summary>
internal sealed record Fault
{
    public required FaultKind Kind { get; init; }

    public required string Target { get; init; }

    /// <summary>When it struck.</summary>
    public required long At { get; init; }

    /// <summary>When the process was gone, came back, or ran on; 0 if that never was.</summary>
    public long EndedAt { get; set; }

    /// <summary>When every process was ready again; 0 if that never was.</summary>
    public long WholeAt { get; set; }

    /// <summary>The share of the time until then in which some process of this machine waited for a processor.</summary>
    public double WaitedForProcessor { get; set; }

    /// <summary>What went wrong with the fault itself.</summary>
    public string Remark { get; set; } = "";
}
