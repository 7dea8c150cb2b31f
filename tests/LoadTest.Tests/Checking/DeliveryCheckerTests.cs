using OrleansRelay.LoadTest.Checking;

namespace OrleansRelay.LoadTest.Tests.Checking;

public sealed class DeliveryCheckerTests
{
    private readonly CheckTotals _totals = new();

    [Fact]
    public void EverythingInOrderIsClean()
    {
        Feed(startsAtFirst: true, last: 5, 1, 2, 3, 4, 5);

        Assert.Equal(5, _totals.Delivered);
        Assert.True(_totals.IsClean);
    }

    [Fact]
    public void NothingAtAllIsNotClean() => Assert.False(_totals.IsClean);

    [Theory]
    [InlineData(1, new long[] { 1, 2, 4, 5 })]
    [InlineData(2, new long[] { 2, 3, 4 })]
    [InlineData(3, new long[] { 1, 2 })]
    [InlineData(5, new long[] { })]
    public void WhatNeverComesIsLost(long lost, long[] delivered)
    {
        Feed(startsAtFirst: true, last: 5, delivered);

        Assert.Equal((lost, 0, 0), (_totals.Lost, _totals.Duplicated, _totals.Reordered));
    }

    [Fact]
    public void WhatComesTwiceIsDuplicated()
    {
        Feed(startsAtFirst: true, last: 3, 1, 2, 2, 3, 1);

        Assert.Equal((0, 2, 0), (_totals.Lost, _totals.Duplicated, _totals.Reordered));
        Assert.Equal(3, _totals.Delivered);
    }

    [Fact]
    public void WhatComesAfterALaterOneIsReorderedAndNotLost()
    {
        Feed(startsAtFirst: true, last: 4, 1, 3, 2, 4);

        Assert.Equal((0, 0, 1), (_totals.Lost, _totals.Duplicated, _totals.Reordered));
        Assert.Equal(4, _totals.Delivered);
    }

    [Fact]
    public void AViewerThatMayStartAnywhereMissesNothingBeforeItsFirst()
    {
        Feed(startsAtFirst: false, last: 9, 7, 8, 9);

        Assert.Equal(0, _totals.Lost);
    }

    [Fact]
    public void EachPublisherIsCountedForItself()
    {
        var checker = new DeliveryChecker(_totals, publishers: 2, startsAtFirst: true);
        checker.Accept(0, 1);
        checker.Accept(1, 1);
        checker.Accept(1, 2);
        checker.Finish(0, 1);
        checker.Finish(1, 2);

        Assert.True(_totals.IsClean);
        Assert.Equal(3, _totals.Delivered);
    }

    private void Feed(bool startsAtFirst, long last, params long[] delivered)
    {
        var checker = new DeliveryChecker(_totals, publishers: 1, startsAtFirst);
        foreach (var sequence in delivered)
        {
            checker.Accept(0, sequence);
        }

        Assert.Equal(delivered.Length > 0 && delivered.Max() >= last, checker.HasReached(0, last));
        checker.Finish(0, last);
    }
}
