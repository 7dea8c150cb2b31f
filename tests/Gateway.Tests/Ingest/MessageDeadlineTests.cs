using OrleansRelay.Gateway.Ingest;

namespace OrleansRelay.Gateway.Tests.Ingest;

/// <summary>A message may take its time, however many came before it.</summary>
public sealed class MessageDeadlineTests : IDisposable
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    private readonly ManualTimeProvider _time = new();
    private readonly MessageDeadline _deadline;
    private int _passed;

    public MessageDeadlineTests() => _deadline = new MessageDeadline(Within, _time, () => _passed++);

    [Fact]
    public void AMessageThatTakesLongerIsToldOnce()
    {
        _deadline.Begin();
        _time.Advance(Within);
        _time.Advance(Within);

        Assert.Equal(1, _passed);
    }

    [Fact]
    public void MessagesThatEndInTimeAreNot()
    {
        for (var count = 0; count < 30; count++)
        {
            _deadline.Begin();
            _time.Advance(Within / 3);
            _deadline.End();
        }

        _time.Advance(Within * 2);
        Assert.Equal(0, _passed);
    }

    [Fact]
    public void EachHasTheWholeTimeForItself()
    {
        _deadline.Begin();
        _time.Advance(Within / 2);
        _deadline.End();
        _deadline.Begin();

        _time.Advance(Within * 0.99);
        Assert.Equal(0, _passed);
        _time.Advance(Within * 0.01);
        Assert.Equal(1, _passed);
    }

    [Fact]
    public void OneAfterALongSilenceIsTimedAgain()
    {
        _deadline.Begin();
        _deadline.End();
        _time.Advance(Within * 3);
        _deadline.Begin();
        _time.Advance(Within);

        Assert.Equal(1, _passed);
    }

    [Fact]
    public void AnIdlePublisherHasNoTimer()
    {
        _deadline.Begin();
        _deadline.End();
        _time.Advance(Within);

        Assert.Equal(0, _time.Armed);
    }

    public void Dispose() => _deadline.Dispose();
}
