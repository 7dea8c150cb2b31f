using OrleansRelay.Channels;

namespace OrleansRelay.Cluster.Tests.Grains;

/// <summary>Calls between processes overtake each other; what a publisher sent is stored in its order all the same, and once.</summary>
public sealed class PipelinedPublishTests(SilosFixture silos) : IClassFixture<SilosFixture>
{
    private const int Messages = 2000;
    private const int UnderWay = 16;

    private readonly string _channel = SilosFixture.NewChannel();

    [Fact]
    public async Task ShuffledCallsAreStoredInOrder()
    {
        var random = new Random(1);
        var session = await OpenAsync();
        for (var first = 1; first <= Messages; first += UnderWay)
        {
            var window = Enumerable.Range(first, UnderWay).ToArray();
            random.Shuffle(window);
            var results = await Task.WhenAll(window.Select(number => PublishAsync(session, number, followsUnstored: number > first))).WithinTest("a window of calls");
            Assert.All(results, result => Assert.Equal(PublishStatus.Stored, result.Status));
        }

        Assert.Equal(Enumerable.Range(1, Messages).Select(number => (long)number), (await silos.ReadAsync(_channel)).Numbers);
    }

    [Fact]
    public async Task CallsMadeTwiceAreStoredOnce()
    {
        var session = await OpenAsync();
        var numbers = Enumerable.Range(1, UnderWay).SelectMany(number => (int[])[number, number]);

        var results = await Task.WhenAll(numbers.Reverse().Select(number => TryPublishAsync(session, number))).WithinTest("all calls");

        Assert.Equal(UnderWay, results.Count(status => status == PublishStatus.Stored));
        Assert.Equal(Enumerable.Range(1, UnderWay).Select(number => (long)number), (await silos.ReadAsync(_channel)).Numbers);
    }

    private async Task<long> OpenAsync() => (await silos.Client.GetGrain<IChannelGrain>(_channel)
        .OpenPublisherAsync(new PublisherOpening { PublisherId = "me", GatewayId = "g" }).WithinTest("the channel to open")).Session;

    private Task<PublishResult> PublishAsync(long session, long number, bool followsUnstored) =>
        silos.Client.GetGrain<IChannelGrain>(_channel).PublishAsync(new PublishRequest
        {
            Session = session,
            PublisherId = "me",
            FirstSequence = number,
            Messages = [SilosFixture.MessageOf(number)],
            FollowsUnstored = followsUnstored,
        });

    /// <returns>Null when the call gave way to the one that was made after it.</returns>
    private async Task<PublishStatus?> TryPublishAsync(long session, long number)
    {
        try
        {
            return (await PublishAsync(session, number, followsUnstored: number > 1)).Status;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
