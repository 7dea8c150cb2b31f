using System.Threading.Channels;
using Orleans.Configuration;
using Orleans.Streams;

namespace OrleansRelay.Engine.Tests.EmbeddedOnly;

/// <summary>What a subscriber that falls behind loses is this engine's own choice; on Orleans it depends on the stream provider.</summary>
[Collection(EngineCollection.Name)]
public sealed class StreamOverflowTests(EngineFixture engine)
{
    [Fact]
    public async Task AFullSubscriptionDropsItsOldestItemsAndSaysSoOnce()
    {
        await using var host = await engine.StartAsync(silo => silo.Configure<EmbeddedStreamOptions>(options => options.PendingItemsLimit = 3));
        var stream = host.Client.GetStreamProvider(EngineHost.Streams).GetStream<int>("tests", "overflow");
        var observer = new StuckObserver();
        await stream.SubscribeAsync(observer).WithinTest("the subscription");
        await stream.OnNextAsync(0).WithinTest("the first publish");
        await observer.IsStuck.WithinTest("the first delivery");

        await stream.OnNextBatchAsync(Enumerable.Range(1, 10)).WithinTest("the publish that overflows");
        observer.Release();

        Assert.Equal("0", await observer.NextAsync());
        Assert.Equal(nameof(QueueCacheMissException), await observer.NextAsync());
        Assert.Equal(["8", "9", "10"], [await observer.NextAsync(), await observer.NextAsync(), await observer.NextAsync()]);
    }

    private sealed class StuckObserver : IAsyncObserver<int>
    {
        private readonly Channel<string> _got = Channel.CreateUnbounded<string>();
        private readonly TaskCompletionSource _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsStuck => _stuck.Task;

        public void Release() => _released.SetResult();

        public Task<string> NextAsync() => _got.Reader.ReadAsync().WithinTest("the next item");

        public async Task OnNextAsync(int item, StreamSequenceToken? token = null)
        {
            _stuck.TrySetResult();
            await _released.Task;
            _got.Writer.TryWrite($"{item}");
        }

        public Task OnErrorAsync(Exception ex)
        {
            _got.Writer.TryWrite(ex.GetType().Name);
            return Task.CompletedTask;
        }
    }
}
