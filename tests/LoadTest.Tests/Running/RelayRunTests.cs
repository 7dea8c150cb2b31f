namespace OrleansRelay.LoadTest.Tests.Running;

/// <summary>The scenarios other than the fan-out, short, against the relay itself.</summary>
public sealed class RelayRunTests
{
    [Theory]
    [InlineData("many-channels", "--viewers", "40", "--channels", "10", "--rate", "20")]
    [InlineData("video", "--viewers", "5")]
    [InlineData("echo")]
    [InlineData("late-joiners", "--viewers", "20", "--history", "200")]
    [InlineData("join-storm", "--viewers", "100")]
    [InlineData("churn", "--viewers", "20", "--churn-rate", "50")]
    [InlineData("slow-viewers", "--viewers", "20", "--stalled", "10")]
    [InlineData("publish-latency")]
    public Task TheRelayLosesNothing(string scenario, params string[] flags) => Loading.LoseNothingAsync(scenario, flags);
}
