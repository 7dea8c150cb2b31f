using Orleans.Runtime.Providers;
using Orleans.Streams;

namespace OrleansRelay.Silo.Streaming;

/// <summary>Registers the relay's stream provider on a silo.</summary>
internal static class RelayStreamsExtensions
{
    /// <summary>Adds it under a name.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="name">The provider's name.</param>
    /// <param name="isCluster">Whether other silos go on when this one stops, so that what its grains say last is still delivered.</param>
    public static ISiloBuilder AddRelayStreams(this ISiloBuilder silo, string name, bool isCluster)
    {
        var queues = new RelayQueues(name);
        return silo.AddPersistentStreams(name, (_, _) => queues, streams =>
        {
            streams.ConfigurePartitionBalancing((_, _) => queues);

            // Nobody subscribes implicitly: without this every first batch of a stream looks for such grains.
            streams.ConfigureStreamPubSub(StreamPubSubType.ExplicitGrainBasedOnly);

            if (isCluster)
            {
                // Agents stop after the grains have been deactivated. By default they stop first: measured, 5 to 13 messages lost at each
                // SIGTERM. A silo that is alone has nobody left to tell, and its agents would only log that.
                streams.ConfigureLifecycle(options => options.Configure(lifecycle => lifecycle.StartStage = ServiceLifecycleStage.ApplicationServices + 10));
            }

            streams.ConfigureBackoffProvider((_, _) => (IMessageDeliveryBackoffProvider)new QuickBackoff());
            streams.ConfigurePullingAgent(options => options.Configure(agent =>
            {
                // A read waits by itself; the timer only starts the loop again should it ever end.
                agent.GetQueueMsgsTimerPeriod = TimeSpan.FromMilliseconds(10);
                agent.BatchContainerBatchSize = 1;
                agent.MaxEventDeliveryTime = TimeSpan.FromSeconds(10);
                agent.StreamInactivityPeriod = TimeSpan.FromMinutes(30);
            }));
        });
    }

    /// <summary>Waits before a failed delivery is tried again: 25 ms, doubled up to 500 ms. Orleans's own begins at 1 s and goes to 30 s, which is what a viewer would then wait.</summary>
    private sealed class QuickBackoff : IMessageDeliveryBackoffProvider
    {
        public TimeSpan Next(int attempt) => TimeSpan.FromMilliseconds(Math.Min(500, 25 << Math.Min(attempt, 5)));
    }
}
