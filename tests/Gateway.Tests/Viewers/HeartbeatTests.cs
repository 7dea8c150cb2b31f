using OrleansRelay.Gateway.Viewers;

namespace OrleansRelay.Gateway.Tests.Viewers;

/// <summary>When a silent peer is pinged, and when it counts as gone.</summary>
public sealed class HeartbeatTests
{
    private readonly ViewerOptions _options = new() { PingEvery = TimeSpan.FromSeconds(25), PongWithin = TimeSpan.FromSeconds(20) };
    private readonly Heartbeat _heartbeat = new();

    [Fact]
    public void ASilentPeerIsPingedOnceAndThenDropped()
    {
        _heartbeat.Heard();

        Assert.Equal(Heartbeat.Act.Wait, At(100));
        Assert.Equal(Heartbeat.Act.Wait, At(124));
        Assert.Equal(Heartbeat.Act.Ping, At(125));
        Assert.Equal(Heartbeat.Act.Wait, At(145));
        Assert.Equal(Heartbeat.Act.Drop, At(146));
    }

    [Fact]
    public void ANewcomerIsPingedAfterItsOwnSilenceHoweverOldTheGateway()
    {
        Assert.Equal(Heartbeat.Act.Wait, At(1000));
        Assert.Equal(Heartbeat.Act.Wait, At(1024));
        Assert.Equal(Heartbeat.Act.Ping, At(1025));
    }

    [Fact]
    public void APeerThatAnswersStaysAndIsPingedAgainAfterTheNextSilence()
    {
        _heartbeat.Heard();
        At(0);
        Assert.Equal(Heartbeat.Act.Ping, At(25));

        _heartbeat.Heard();

        Assert.Equal(Heartbeat.Act.Wait, At(44));
        Assert.Equal(Heartbeat.Act.Wait, At(68));
        Assert.Equal(Heartbeat.Act.Ping, At(69));
    }

    [Fact]
    public void APeerThatTalksIsNotPinged()
    {
        for (var second = 0; second < 100; second += 24)
        {
            _heartbeat.Heard();
            Assert.Equal(Heartbeat.Act.Wait, At(second));
        }
    }

    private Heartbeat.Act At(int seconds) => _heartbeat.Next(TimeSpan.FromSeconds(seconds), _options);
}
