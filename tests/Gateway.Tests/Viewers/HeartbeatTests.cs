using OrleansRelay.Gateway.Viewers;

namespace OrleansRelay.Gateway.Tests.Viewers;

/// <summary>When a silent peer is pinged, and when it counts as gone.</summary>
public sealed class HeartbeatTests
{
    private readonly ViewerOptions _options = new() { PingEvery = TimeSpan.FromSeconds(45), PongWithin = TimeSpan.FromSeconds(15) };
    private readonly Heartbeat _heartbeat = new();

    [Fact]
    public void ASilentPeerIsPingedOnceAndThenDropped()
    {
        _heartbeat.Heard();

        Assert.Equal(Heartbeat.Act.Wait, At(100));
        Assert.Equal(Heartbeat.Act.Wait, At(143));
        Assert.Equal(Heartbeat.Act.Ping, At(144));
        Assert.Equal(Heartbeat.Act.Wait, At(158));
        Assert.Equal(Heartbeat.Act.Drop, At(159));
    }

    [Fact]
    public void ANewcomerIsPingedAfterItsOwnSilenceHoweverOldTheGateway()
    {
        Assert.Equal(Heartbeat.Act.Wait, At(1000));
        Assert.Equal(Heartbeat.Act.Wait, At(1043));
        Assert.Equal(Heartbeat.Act.Ping, At(1044));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(10)]
    [InlineData(7)]
    public void NoSilenceIsLongerThanAPeriodHoweverSeldomItIsLookedAt(int every)
    {
        var silentSince = 0;
        for (var second = every; second < 1000; second += every)
        {
            if (At(second, every) == Heartbeat.Act.Ping)
            {
                Assert.InRange(second - silentSince, 1, 45);
                silentSince = second;
                _heartbeat.Heard();
            }
        }

        Assert.InRange(silentSince, 1000 - 45 - every, 1000);
    }

    [Fact]
    public void APeerThatAnswersStaysAndIsPingedAgainAPeriodAfterTheFirstPing()
    {
        _heartbeat.Heard();
        At(1);
        Assert.Equal(Heartbeat.Act.Ping, At(45));

        _heartbeat.Heard();

        Assert.Equal(Heartbeat.Act.Wait, At(60));
        Assert.Equal(Heartbeat.Act.Wait, At(89));
        Assert.Equal(Heartbeat.Act.Ping, At(90));
    }

    [Fact]
    public void APeerThatTalksIsNotPinged()
    {
        for (var second = 0; second < 200; second += 43)
        {
            _heartbeat.Heard();
            Assert.Equal(Heartbeat.Act.Wait, At(second));
        }
    }

    private Heartbeat.Act At(int second, int every = 1) => _heartbeat.Next(TimeSpan.FromSeconds(second), TimeSpan.FromSeconds(second + every), _options);
}
