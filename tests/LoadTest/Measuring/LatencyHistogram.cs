using System.Numerics;

namespace OrleansRelay.LoadTest.Measuring;

/// <summary>Counts durations from 1 ns to 70 s in buckets of less than 1 % width, as HdrHistogram does.</summary>
/// <remarks>
/// The bucket of a value is its highest set bit and the 7 bits below it: <c>value = 1xxxxxxx…</c>. Below 256 every value has its own.
/// Recording is one leading-zero count and one addition; nothing is lost by merging.
/// </remarks>
internal sealed class LatencyHistogram
{
    private const int BitsBelow = 7;
    private const int PerPower = 1 << BitsBelow;
    private const long Longest = 1L << 36;

    private readonly long[] _counts = new long[(36 - BitsBelow + 1) * PerPower + PerPower];

    /// <summary>Values recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The largest value, exactly.</summary>
    public long Max { get; private set; }

    /// <summary>The sum of all values.</summary>
    public double Sum { get; private set; }

    /// <summary>Mean in nanoseconds.</summary>
    public double Mean => Count == 0 ? 0 : Sum / Count;

    /// <summary>Records a duration.</summary>
    public void Record(long nanoseconds, long times = 1)
    {
        var value = Math.Clamp(nanoseconds, 1, Longest);
        _counts[IndexOf(value)] += times;
        Count += times;
        Sum += (double)value * times;
        Max = Math.Max(Max, value);
    }

    /// <summary>The smallest bucket value that at least this share of all values don't exceed.</summary>
    /// <param name="percentile">0 to 100.</param>
    public long At(double percentile)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(Count * percentile / 100));
        var seen = 0L;
        for (var index = 0; index < _counts.Length; index++)
        {
            seen += _counts[index];
            if (seen >= wanted)
            {
                return Math.Min(Max, HighestOf(index));
            }
        }

        return Max;
    }

    /// <summary>Adds another's values.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var index = 0; index < _counts.Length; index++)
        {
            _counts[index] += other._counts[index];
        }

        Count += other.Count;
        Sum += other.Sum;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        (Count, Max, Sum) = (0, 0, 0);
    }

    private static int IndexOf(long value)
    {
        var power = BitOperations.Log2((ulong)value);
        return power <= BitsBelow ? (int)value : ((power - BitsBelow) << BitsBelow) + (int)(value >> (power - BitsBelow));
    }

    private static long HighestOf(int index)
    {
        if (index < 2 * PerPower)
        {
            return index;
        }

        var shift = (index >> BitsBelow) - 1;
        return (((long)(index & (PerPower - 1)) | PerPower) + 1 << shift) - 1;
    }
}
