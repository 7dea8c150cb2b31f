namespace OrleansRelay.Chaos.Reports;

/// <summary>A distribution in four numbers.</summary>
internal sealed record Percentiles(int Count, double P50, double P99, double Max)
{
    /// <summary>Sorts what is given; of nothing all numbers are 0.</summary>
    public static Percentiles Of(IEnumerable<double> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted.Length == 0 ? new Percentiles(0, 0, 0, 0) : new Percentiles(sorted.Length, At(sorted, 0.5), At(sorted, 0.99), sorted[^1]);
    }

    private static double At(double[] sorted, double share) => sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
}
