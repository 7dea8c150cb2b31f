namespace OrleansRelay.LoadTest.Measuring;

/// <summary>All that a run has found: what is written as JSON and drawn in the report. Members are only ever added.</summary>
internal sealed record RunResult
{
    public required string Scenario { get; init; }
    public required string Name { get; init; }
    public required string Target { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required int Viewers { get; init; }
    public required int Publishers { get; init; }
    public required int Channels { get; init; }
    public required int MessageBytes { get; init; }

    /// <summary>How the load was set: "50 messages/s" or "flat out, 64 in flight".</summary>
    public required string Load { get; init; }
    public required double Seconds { get; init; }
    public required CheckResult Checks { get; init; }
    public required LatencyResult Latency { get; init; }

    /// <summary>Medians of the windows.</summary>
    public required double DeliveriesPerSecond { get; init; }
    public required double PublishedPerSecond { get; init; }
    public required double MegabytesPerSecond { get; init; }

    /// <summary>Server CPU per delivered message in microseconds; absent without --server-pid.</summary>
    public double? CpuMicrosPerDelivery { get; init; }
    public ServerResult? Server { get; init; }
    public required LoaderResult Loader { get; init; }
    public required IReadOnlyList<WindowResult> Windows { get; init; }
    public required IReadOnlyList<Sample> Samples { get; init; }

    /// <summary>What only this scenario measures.</summary>
    public required IReadOnlyDictionary<string, double> Extras { get; init; }

    /// <summary>What went wrong, in words, at most twenty of them.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
    public required bool Passed { get; init; }
}

/// <summary>The checks' counts.</summary>
internal sealed record CheckResult(long Delivered, long Lost, long Duplicated, long Reordered, long Corrupted, long Foreign, long Disconnected);

/// <summary>Milliseconds from the intended send to the delivery.</summary>
internal sealed record LatencyResult(long Count, double Mean, double P50, double P90, double P99, double P999, double Max, IReadOnlyList<double[]> Curve);

/// <summary>The server over the measured time.</summary>
/// <param name="CpuPercent">Of one core.</param>
/// <param name="ResidentMegabytes">At the end.</param>
/// <param name="PeakMegabytes">The most ever.</param>
/// <param name="IdleMegabytes">Before the first connection.</param>
/// <param name="KilobytesPerConnection">Growth while all viewers but the first twentieth connected, for each of them, in KiB.</param>
internal sealed record ServerResult(double CpuPercent, double ResidentMegabytes, double PeakMegabytes, double IdleMegabytes, double KilobytesPerConnection);

/// <summary>The load tester itself over the measured time.</summary>
/// <param name="CpuPercent">Of one core.</param>
/// <param name="BusyPercent">Time that its loop did not spend waiting.</param>
/// <param name="WasBottleneck">Whether the figures are a lower bound for that reason.</param>
/// <param name="Statement">The same in words.</param>
internal sealed record LoaderResult(double CpuPercent, double BusyPercent, bool WasBottleneck, string Statement);

/// <summary>One of the windows that the measured time is cut into.</summary>
internal sealed record WindowResult(double Seconds, long Deliveries, double DeliveriesPerSecond, double? CpuMicrosPerDelivery, double? ServerCpuPercent, double BusyPercent, double P50, double P99);

/// <summary>One second, for the charts.</summary>
internal sealed record Sample(double At, bool IsMeasured, double DeliveriesPerSecond, double P50, double P99, double Max, double? ServerCpuPercent, double? ResidentMegabytes, double BusyPercent, int Connections);
