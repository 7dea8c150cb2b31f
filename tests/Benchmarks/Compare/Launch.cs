namespace OrleansRelay.Benchmarks.Compare;

/// <summary>A command that starts a contender, and how the load tester speaks to it.</summary>
internal sealed record Launch
{
    /// <summary>The program and its arguments.</summary>
    public required string[] Command { get; init; }

    /// <summary>Variables beside those of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The load tester's flags; none for a relay with our own addresses.</summary>
    public string[] Flags { get; init; } = [];

    /// <summary>Why it can't take part in a cell; null when it can.</summary>
    public Func<Cell, string?> Refuses { get; init; } = _ => null;

    /// <summary>What it is to the relay.</summary>
    public required Role Role { get; init; }
}
