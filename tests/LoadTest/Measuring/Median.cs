namespace OrleansRelay.LoadTest.Measuring;

/// <summary>The middle one of several measurements: a round that the machine spoilt does not move it.</summary>
internal static class Median
{
    /// <summary>The middle one, of an even count the upper of both; 0 when there is none.</summary>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }
}
