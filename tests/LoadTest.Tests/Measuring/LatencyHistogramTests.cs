using OrleansRelay.LoadTest.Measuring;

namespace OrleansRelay.LoadTest.Tests.Measuring;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1_000_000)]
    [InlineData(123_456_789)]
    [InlineData(60_000_000_000)]
    public void EveryValueIsToldWithinOnePercent(long value)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(value);
        histogram.Record(70_000_000_000);

        Assert.InRange(histogram.At(50), value, value * 1.01);
    }

    [Fact]
    public void PercentilesAreThoseOfTheSortedValues()
    {
        var histogram = new LatencyHistogram();
        var random = new Random(3);
        var values = Enumerable.Range(0, 100_000).Select(_ => (long)Math.Exp(random.NextDouble() * 20)).Select(value => Math.Max(1, value)).ToArray();
        foreach (var value in values)
        {
            histogram.Record(value);
        }

        Array.Sort(values);
        foreach (var percentile in new[] { 1, 50, 90, 99, 99.9 })
        {
            var exact = values[(int)Math.Ceiling(values.Length * percentile / 100) - 1];
            Assert.InRange(histogram.At(percentile), exact, (exact * 1.01) + 1);
        }

        Assert.Equal(values[^1], histogram.At(100));
        Assert.Equal(values.Average(), histogram.Mean, 1.0);
    }

    [Fact]
    public void MergingIsRecordingAllInOne()
    {
        var (first, second, both) = (new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram());
        for (var value = 1; value < 100_000; value += 7)
        {
            (value % 2 == 0 ? first : second).Record(value);
            both.Record(value);
        }

        first.Add(second);

        Assert.Equal((both.Count, both.Max, both.At(50), both.At(99)), (first.Count, first.Max, first.At(50), first.At(99)));
    }

    [Fact]
    public void ClearedIsEmpty()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(5, times: 3);
        Assert.Equal(3, histogram.Count);

        histogram.Clear();

        Assert.Equal((0, 0, 0), (histogram.Count, histogram.Max, histogram.At(99)));
    }

    [Fact]
    public void WhatIsLongerThanTheLongestCountsAsThat()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(long.MaxValue);
        histogram.Record(-5);

        Assert.Equal(2, histogram.Count);
        Assert.Equal(1, histogram.At(1));
    }
}
