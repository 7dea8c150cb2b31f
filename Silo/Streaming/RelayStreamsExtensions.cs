using Orleans.Runtime.Providers;
using Orleans.Streams;

namespace OrleansRelay.Silo.Streaming;

/// <summary>Registers the relay's stream provider on a silo.</summary>
internal static class RelayStreamsExtensions
{
    /// <summary>Adds it under a name.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="name">The provider's name.</param>
    public static ISiloBuilder AddRelayStreams(this ISiloBuilder silo, string name)
    {
        silo.Services.AddSingleton<StreamMetrics>().AddKeyedSingleton(name, (services, _) => new RelayQueues(name, services.GetRequiredService<StreamMetrics>(), services.GetRequiredService<TimeProvider>()));
        return silo.AddPersistentStreams(name, (services, _) => services.GetRequiredKeyedService<RelayQueues>(name), streams =>
        {
            streams.ConfigurePartitionBalancing((services, _) => services.GetRequiredKeyedService<RelayQueues>(name));

            // Nobody subscribes implicitly: without this every first batch of a stream looks for such grains.
            streams.ConfigureStreamPubSub(StreamPubSubType.ExplicitGrainBasedOnly);

            // Agents stop after the grains have been deactivated. By default they stop first: measured, 5 to 13 messages lost at each SIGTERM.
            streams.ConfigureLifecycle(options => options.Configure(lifecycle => lifecycle.StartStage = ServiceLifecycleStage.ApplicationServices + 10));

            streams.ConfigureBackoffProvider((_, _) => (IMessageDeliveryBackoffProvider)new QuickBackoff());
            streams.ConfigurePullingAgent(options => options.Configure(agent =>
            {
                // A read waits by itself; the timer only starts the loop again should it ever end.
                agent.GetQueueMsgsTimerPeriod = TimeSpan.FromMilliseconds(10);
                agent.BatchContainerBatchSize = 1;

                // A gateway that died is tried once more after a call's time-out. While it is greeted for a stream's first batch, all streams of
                // the queue wait, so not the 10 s until it is dropped. One that lives reads from the channel what it was not given.
                agent.MaxEventDeliveryTime = TimeSpan.FromSeconds(3);
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
