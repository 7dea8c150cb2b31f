using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using OrleansRelay.Channels;
using OrleansRelay.Local;

namespace OrleansRelay.Grains.Tests.Channels;

/// <summary>Orleans puts a grain to sleep that gets no calls, and a direct publish is none.</summary>
public sealed class DirectPublishLifeTests
{
    [Fact]
    public async Task AChannelThatIsOnlyPublishedToDirectlyOutlivesOneInWhichNothingHappens()
    {
        await using var silo = await ChannelSilo.StartAsync(new SlowStorage(), services => services.Configure<GrainCollectionOptions>(
            options => (options.CollectionQuantum, options.CollectionAge) = (TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(3))));
        var locals = silo.Services.GetRequiredService<LocalChannels>();
        var opened = await OpenAsync(silo, "busy");
        await OpenAsync(silo, "idle");
        var idle = new Watcher();
        locals.Follow(ChannelName.Parse("idle"), idle);

        var sequence = 0;
        while (!idle.HasChanged)
        {
            Assert.True(locals.FindHost(ChannelName.Parse("busy"))!.TryPublish(
                new PublishRequest { Session = opened.Session, PublisherId = "p", FirstSequence = ++sequence, Messages = Messages.Texts("a") }, out _));
            await idle.ChangedWithinAsync(TimeSpan.FromMilliseconds(50));
            Assert.True(sequence < 600, "The channel in which nothing happens stayed awake for 30 s.");
        }

        Assert.NotNull(locals.FindHost(ChannelName.Parse("busy")));
    }

    private static Task<PublisherOpened> OpenAsync(ChannelSilo silo, string channel) =>
        silo.Channel(channel).OpenPublisherAsync(new PublisherOpening { PublisherId = "p", GatewayId = "g" }).WithinTest("the channel to be opened");

    private sealed class Watcher : IChannelFollower
    {
        private readonly TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool HasChanged => _changed.Task.IsCompleted;

        public Task ChangedWithinAsync(TimeSpan time) => _changed.Task.WaitAsync(time, TimeProvider.System).ContinueWith(_ => { }, TaskScheduler.Default);

        public void Enqueue(ChannelBatch batch)
        {
        }

        public void Run(bool mayUseThread)
        {
        }

        public void HostChanged() => _changed.TrySetResult();
    }
}
