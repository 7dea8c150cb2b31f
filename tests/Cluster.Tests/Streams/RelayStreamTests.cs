using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;
using OrleansRelay.Channels;

namespace OrleansRelay.Cluster.Tests.Streams;

public sealed class RelayStreamTests(SilosFixture silos) : IClassFixture<SilosFixture>
{
    private const int Messages = 200;

    /// <summary>More than may wait for one subscriber, each in a batch of its own.</summary>
    private const int MoreThanMayWait = 4200;

    private readonly string _channel = SilosFixture.NewChannel();

    [Fact]
    public async Task SubscriberOnAnotherProcessGetsEveryMessageInOrder()
    {
        var ear = new Ear(Messages);
        await SubscribeAsync(silos.Client, ear);

        await silos.PublishAsync(_channel, 1, Messages);

        await ear.HasAll.WithinTest($"{Messages} messages at the subscriber");
        Assert.Equal(Enumerable.Range(1, Messages).Select(offset => (long)offset), ear.Offsets);
    }

    [Fact]
    public async Task SubscriberThatNeverAnswersDoesNotHoldUpOthers()
    {
        var stuck = new Ear(Messages, waitFor: new TaskCompletionSource());
        var quick = new Ear(Messages);
        await SubscribeAsync(silos.Cluster.Silos[1].ServiceProvider.GetRequiredService<IClusterClient>(), stuck);
        await SubscribeAsync(silos.Client, quick);

        await silos.PublishAsync(_channel, 1, Messages);

        await quick.HasAll.WithinTest($"{Messages} messages at the quick subscriber");
        Assert.True(stuck.Offsets.Count < Messages);
        stuck.LetGo();
    }

    [Fact]
    public async Task SubscriberThatFellTooFarBehindGoesOnWithTheNewest()
    {
        var stuck = new Ear(expected: 0, waitFor: new TaskCompletionSource());
        await SubscribeAsync(silos.Cluster.Silos[1].ServiceProvider.GetRequiredService<IClusterClient>(), stuck);
        await silos.PublishAsync(_channel, 1, 1);
        await stuck.HasAll.WithinTest("the first delivery to the subscriber, which it never answers");

        await silos.PublishAsync(_channel, 2, MoreThanMayWait);
        stuck.LetGo();

        // What is missing it sees by the offsets.
        Assert.Equal(MoreThanMayWait, await stuck.NewestOf(MoreThanMayWait).WithinTest("the newest message at the subscriber"));
        Assert.True(stuck.Offsets.Count < MoreThanMayWait);
        Assert.Equal(stuck.Offsets.Distinct().Order(), stuck.Offsets);
    }

    private Task<StreamSubscriptionHandle<ChannelBatch>> SubscribeAsync(IClusterClient client, Ear ear) =>
        client.GetStreamProvider(ChannelStreams.Provider).GetStream<ChannelBatch>(ChannelStreams.Of(ChannelName.Parse(_channel))).SubscribeAsync(ear).WithinTest("a subscription");

    private sealed class Ear(int expected, TaskCompletionSource? waitFor = null) : IAsyncObserver<ChannelBatch>
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private readonly System.Threading.Channels.Channel<long> _newest = System.Threading.Channels.Channel.CreateUnbounded<long>();

        public List<long> Offsets { get; } = [];

        public Task HasAll => _all.Task;

        public async Task OnNextAsync(ChannelBatch item, StreamSequenceToken? token = null)
        {
            Offsets.AddRange(Enumerable.Range(0, item.Messages.Length).Select(index => item.FirstOffset + index));
            if (Offsets.Count >= expected)
            {
                _all.TrySetResult();
            }

            _newest.Writer.TryWrite(item.NextOffset - 1);
            await (waitFor?.Task ?? Task.CompletedTask);
        }

        public Task OnErrorAsync(Exception ex) => Task.CompletedTask;

        /// <summary>Waits until an offset was heard of, or a later one.</summary>
        public async Task<long> NewestOf(long offset)
        {
            while (true)
            {
                if (await _newest.Reader.ReadAsync() is var newest && newest >= offset)
                {
                    return newest;
                }
            }
        }

        public void LetGo() => waitFor?.TrySetResult();
    }
}
