using OrleansRelay.LoadTest.Measuring;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary>One contender under one cell: its rounds so far and their medians.</summary>
/// <param name="name">Its name in the table.</param>
/// <param name="role">What it is to the relay.</param>
/// <param name="refusal">Why it can't take part; null when it can.</param>
/// <param name="load">Loads it in the round of that number. Null when it could not carry the load.</param>
internal sealed class Entry(string name, Role role, string? refusal, Func<int, CancellationToken, Task<RunResult?>> load)
{
    private readonly List<RunResult> _runs = [];

    public string Name => name;

    public Role Role => role;

    /// <summary>Why it can't take part; null when it can.</summary>
    public string? Refusal => refusal;

    /// <summary>The rounds whose load it carried.</summary>
    public IReadOnlyList<RunResult> Runs => _runs;

    /// <summary>CPU per delivery in microseconds, the median of all rounds; null without a round.</summary>
    public double? Cpu => _runs.Count > 0 && MedianOf(run => run.CpuMicrosPerDelivery ?? double.NaN) is var median && !double.IsNaN(median) ? median : null;

    /// <summary>Whether a delivery was lost or wrong in any round.</summary>
    public bool IsLossy => _runs.Exists(run => !run.Passed);

    /// <summary>The median of a figure over all rounds.</summary>
    public double MedianOf(Func<RunResult, double> figure) => Median.Of(_runs.Select(figure));

    /// <summary>Loads it once more, unless it can't take part.</summary>
    public async Task RunAsync(int round, CancellationToken cancellationToken)
    {
        if (refusal is null && await load(round, cancellationToken) is { } run)
        {
            _runs.Add(run);
        }
    }
}
