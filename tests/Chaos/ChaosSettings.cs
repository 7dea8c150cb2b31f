using OrleansRelay.Chaos.Faults;

namespace OrleansRelay.Chaos;

/// <summary>What a chaos run is made of.</summary>
internal sealed record ChaosSettings
{
    public int Seed { get; init; } = 1;

    /// <summary>How long faults are injected; the run ends when all is well again and everyone has everything.</summary>
    public TimeSpan For { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The kinds of faults; empty for all.</summary>
    public FaultKind[] Faults { get; init; } = [];

    public int Silos { get; init; } = 3;

    /// <summary>Gateways of their own; with 0 the silos serve as gateways, too.</summary>
    public int Gateways { get; init; } = 2;

    public int Channels { get; init; } = 8;

    public int Publishers { get; init; } = 8;

    public int Viewers { get; init; } = 40;

    /// <summary>Messages a second of each publisher.</summary>
    public double Rate { get; init; } = 50;

    /// <summary>How long the database is away at a time.</summary>
    public TimeSpan PostgresFor { get; init; } = TimeSpan.FromSeconds(30);
}
