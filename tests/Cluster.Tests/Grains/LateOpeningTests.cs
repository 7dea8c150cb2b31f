using OrleansRelay.Channels;

namespace OrleansRelay.Cluster.Tests.Grains;

/// <summary>Calls that arrive long after they were given up: a silo that passed them on was paused, or a gateway was.</summary>
public sealed class LateOpeningTests(SilosFixture silos) : IClassFixture<SilosFixture>
{
    private readonly IChannelGrain _channel = silos.Client.GetGrain<IChannelGrain>(SilosFixture.NewChannel());

    [Fact]
    public async Task OpeningThatComesLateDoesNotTakeOverWhoCameInTheMeantime()
    {
        var newer = await _channel.OpenPublisherAsync(Opening(after: 0));

        var late = await _channel.OpenPublisherAsync(Opening(after: 0));

        Assert.False(late.IsAccepted);
        Assert.Equal(newer.Session, late.NewestSession);
        Assert.Equal(PublishStatus.Stored, (await PublishAsync(newer.Session)).Status);
    }

    [Fact]
    public async Task OpeningThatKnowsOfTheOtherTakesOver()
    {
        var older = await _channel.OpenPublisherAsync(Opening(after: 0));

        var newer = await _channel.OpenPublisherAsync(Opening(after: older.Session));

        Assert.True(newer.IsAccepted);
        Assert.Equal(PublishStatus.Superseded, (await PublishAsync(older.Session)).Status);
    }

    [Fact]
    public async Task ConnectionThatWasReplacedCanNotOpenAgain()
    {
        var (replaced, newer) = (1, 2);
        var reopened = await _channel.OpenPublisherAsync(Opening(firstSession: newer));

        var late = await _channel.OpenPublisherAsync(Opening(firstSession: replaced));

        Assert.True(reopened.IsAccepted);
        Assert.False(late.IsAccepted);
    }

    [Fact]
    public async Task NewerConnectionOpensAgainOverOneThatWasReplaced()
    {
        var (replaced, newer) = (1, 2);
        await _channel.OpenPublisherAsync(Opening(firstSession: replaced));

        var reopened = await _channel.OpenPublisherAsync(Opening(firstSession: newer));

        Assert.True(reopened.IsAccepted);
    }

    private static PublisherOpening Opening(long? after = null, long firstSession = 0) =>
        new() { PublisherId = "me", GatewayId = "g", After = after, FirstSession = firstSession };

    private Task<PublishResult> PublishAsync(long session) =>
        _channel.PublishAsync(new PublishRequest { Session = session, PublisherId = "me", FirstSequence = 1, Messages = [SilosFixture.MessageOf(1)] });
}
