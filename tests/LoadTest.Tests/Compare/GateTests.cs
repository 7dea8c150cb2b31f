using OrleansRelay.Benchmarks.Compare;

namespace OrleansRelay.LoadTest.Tests.Compare;

public sealed class GateTests
{
    [Theory]
    [InlineData(4.58, "below Nchan: met (4.58 / 4.70)")]
    [InlineData(4.70, "below Nchan: NOT MET (4.70 / 4.70)")]
    [InlineData(0.131, "below Nchan: met (0.131 / 4.70)")]
    [InlineData(12.34, "below Nchan: NOT MET (12.3 / 4.70)")]
    [InlineData(double.NaN, "below Nchan: NOT MET (NaN / 4.70)")]
    public void RelayMustBeBelowAPeer(double relay, string text) => Assert.Equal(text, Gate.Below("Nchan", relay, 4.70).ToString());

    [Fact]
    public void RelayIsBelowAPeerThatCarriedNothing() => Assert.Equal("below ws: met (it carried nothing)", Gate.Below("ws", 4.58, null).ToString());

    [Theory]
    [InlineData(6, "1.20 x floor: met (1.20)")]
    [InlineData(6.1, "1.20 x floor: NOT MET (1.22)")]
    [InlineData(double.NaN, "1.20 x floor: NOT MET (NaN)")]
    public void RelayMayBeSoManyTimesAsDearAsTheFloor(double relay, string text) => Assert.Equal(text, Gate.OverFloor(1.2, relay, floor: 5).ToString());

    [Fact]
    public void FiguresHaveBounds()
    {
        Assert.Equal("at most 4.5 KiB a viewer: met (4.5)", Gate.AtMost(4.5, "KiB a viewer", 4.5).ToString());
        Assert.Equal("at most 4.5 KiB a viewer: NOT MET (4.6)", Gate.AtMost(4.5, "KiB a viewer", 4.6).ToString());
        Assert.Equal("at least 2 x the plain relay's: met (2.00)", Gate.AtLeast(2, "x the plain relay's", 2).ToString());
        Assert.Equal("at least 2 x the plain relay's: NOT MET (1.98)", Gate.AtLeast(2, "x the plain relay's", 1.98).ToString());
    }

    [Fact]
    public void EveryRunMustDeliverAll()
    {
        var good = Measured.Run(5);

        Assert.Equal("all delivered: met (0 lost, 0 of 2 runs failed)", Gate.AllDelivered([good, good]).ToString());
        Assert.Equal("all delivered: NOT MET (0 lost, 1 of 2 runs failed)", Gate.AllDelivered([good, good with { Passed = false }]).ToString());
    }
}
