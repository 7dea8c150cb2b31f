using System.Threading.Channels;
using Orleans.Streams;

namespace OrleansRelay.Engine.Tests.Streams;

[Collection(EngineCollection.Name)]
public sealed class StreamTests(EngineFixture engine)
{
    private readonly string _key = EngineFixture.NewKey();

    private IAsyncStream<string> Stream => engine.Streams.GetStream<string>("tests", _key);

    [Fact]
    public async Task ItemsArriveInTheOrderOfPublishing()
    {
        var heard = await ListenAsync();

        for (var i = 0; i < 500; i++)
        {
            await Stream.OnNextAsync($"{i}").WithinTest($"publish {i}");
        }

        for (var i = 0; i < 500; i++)
        {
            Assert.Equal($"{i}", await NextAsync(heard));
        }
    }

    [Fact]
    public async Task ABatchArrivesItemByItemInItsOrder()
    {
        var heard = await ListenAsync();

        await Stream.OnNextBatchAsync(["a", "b", "c"]).WithinTest("the publish");

        Assert.Equal(["a", "b", "c"], [await NextAsync(heard), await NextAsync(heard), await NextAsync(heard)]);
    }

    [Fact]
    public async Task EverySubscriberGetsEveryItem()
    {
        var (one, other) = (await ListenAsync(), await ListenAsync());

        await Stream.OnNextAsync("news").WithinTest("the publish");

        Assert.Equal(["news", "news"], [await NextAsync(one), await NextAsync(other)]);
    }

    [Fact]
    public async Task StreamsOfDifferentKeysAreApart()
    {
        var heard = await ListenAsync();

        await engine.Streams.GetStream<string>("tests", EngineFixture.NewKey()).OnNextAsync("not for you").WithinTest("the other publish");
        await Stream.OnNextAsync("for you").WithinTest("the publish");

        Assert.Equal("for you", await NextAsync(heard));
    }

    [Fact]
    public async Task ASubscriberThatThrowsHarmsNobodyAndMissesNothingMore()
    {
        var taken = Channel.CreateUnbounded<string>();
        var hasThrown = false;
        await Stream.SubscribeAsync((item, _) =>
        {
            taken.Writer.TryWrite(item);
            if (hasThrown)
            {
                return Task.CompletedTask;
            }

            hasThrown = true;
            throw new InvalidOperationException("A subscriber that throws.");
        }).WithinTest("the subscription");
        var heard = await ListenAsync();

        await Stream.OnNextAsync("first").WithinTest("the first publish");
        await Stream.OnNextAsync("second").WithinTest("the second publish");

        Assert.Equal(["first", "second"], [await NextAsync(heard), await NextAsync(heard)]);
        Assert.Equal("first", await NextAsync(taken));
        while (await NextAsync(taken) is var item && item != "second")
        {
            // Orleans delivers again what was thrown at.
            Assert.Equal("first", item);
        }
    }

    [Fact]
    public async Task APublisherAndTheOthersDoNotWaitForAStuckSubscriber()
    {
        await engine.Client.GetGrain<IEarGrain>(_key).ListenAsync(_key).WithinTest("the stuck subscription");
        var holding = engine.Client.GetGrain<IEarGrain>(_key).HoldAsync(_key);
        Assert.Equal("holding", await engine.Probe.NextAsync(_key));
        var heard = await ListenAsync();

        await Stream.OnNextAsync("one").WithinTest("the first publish");
        await Stream.OnNextAsync("two").WithinTest("the second publish");

        Assert.Equal(["one", "two"], [await NextAsync(heard), await NextAsync(heard)]);
        engine.Probe.Open(_key);
        await holding.WithinTest("the request that held the grain up");
        Assert.Equal(["held", "one", "two"], [await engine.Probe.NextAsync(_key), await engine.Probe.NextAsync(_key), await engine.Probe.NextAsync(_key)]);
    }

    [Fact]
    public async Task AfterUnsubscribingNothingArrives()
    {
        var heard = Channel.CreateUnbounded<string>();
        var handle = await SubscribeAsync(heard);
        var other = await ListenAsync();

        await handle.UnsubscribeAsync().WithinTest("the end of the subscription");
        await Stream.OnNextAsync("too late").WithinTest("the publish");

        Assert.Equal("too late", await NextAsync(other));
        Assert.False(heard.Reader.TryPeek(out _));
        Assert.DoesNotContain(handle, await Stream.GetAllSubscriptionHandles().WithinTest("the handles"));
    }

    [Fact]
    public async Task AResumedSubscriptionDeliversToItsNewObserver()
    {
        var (before, after) = (Channel.CreateUnbounded<string>(), Channel.CreateUnbounded<string>());
        var handle = await SubscribeAsync(before);

        await handle.ResumeAsync(new Listener(after)).WithinTest("the new observer");
        await Stream.OnNextAsync("item").WithinTest("the publish");

        Assert.Equal("item", await NextAsync(after));
        Assert.False(before.Reader.TryPeek(out _));
    }

    [Fact]
    public async Task AGrainHearsInTurnsAndFindsItsOwnSubscriptions()
    {
        var grain = engine.Client.GetGrain<IEarGrain>(_key);
        await grain.ListenAsync(_key).WithinTest("the subscription");

        await Stream.OnNextAsync("hello").WithinTest("the publish");

        Assert.Equal("hello", await engine.Probe.NextAsync(_key));
        await grain.StopListeningAsync(_key).WithinTest("the end of the subscription");
        var other = await ListenAsync();
        await Stream.OnNextAsync("too late").WithinTest("the second publish");
        Assert.Equal("too late", await NextAsync(other));
        Assert.False(engine.Probe.HasMore(_key));
    }

    [Fact]
    public async Task AnItemWakesTheGrainThatSubscribedAndItResumes()
    {
        var grain = engine.Client.GetGrain<IEarGrain>(_key);
        await grain.ListenAsync(_key).WithinTest("the subscription");
        await grain.LeaveAsync().WithinTest("the request to leave");

        await Stream.OnNextAsync("wake up").WithinTest("the publish");

        Assert.Equal(["resumed", "wake up"], [await engine.Probe.NextAsync(_key), await engine.Probe.NextAsync(_key)]);
    }

    [Fact]
    public async Task AGrainPublishesToSubscribersOutside()
    {
        var heard = await ListenAsync();

        await engine.Client.GetGrain<IEarGrain>(EngineFixture.NewKey()).PublishAsync(_key, "from within").WithinTest("the grain's publish");

        Assert.Equal("from within", await NextAsync(heard));
    }

    private static Task<string> NextAsync(Channel<string> heard) => heard.Reader.ReadAsync().WithinTest("the next item");

    private async Task<Channel<string>> ListenAsync()
    {
        var heard = Channel.CreateUnbounded<string>();
        await SubscribeAsync(heard);
        return heard;
    }

    private Task<StreamSubscriptionHandle<string>> SubscribeAsync(Channel<string> heard) =>
        Stream.SubscribeAsync(new Listener(heard)).WithinTest("the subscription");

    private sealed class Listener(Channel<string> heard) : IAsyncObserver<string>
    {
        public Task OnNextAsync(string item, StreamSequenceToken? token = null) => heard.Writer.WriteAsync(item).AsTask();

        public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
    }
}
