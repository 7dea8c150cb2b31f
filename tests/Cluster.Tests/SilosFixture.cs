using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.Serialization;
using Orleans.TestingHost;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Standalone;
using OrleansRelay.Grains.Hosting;
using OrleansRelay.Grains.Replication;
using OrleansRelay.Silo.Cluster;
using OrleansRelay.Silo.Streaming;

namespace OrleansRelay.Cluster.Tests;

/// <summary>Three silos in this process with the relay's own streams, replication and failure detection, and a client as a gateway is one.</summary>
public sealed class SilosFixture : IAsyncLifetime
{
    private readonly SharedStorage.Rows _rows = [];

    public InProcessTestCluster Cluster { get; private set; } = null!;

    public IClusterClient Client => Cluster.Client;

    public static string NewChannel() => RelayHost.NewChannel();

    public static Message MessageOf(long number) => new()
    {
        Payload = Encoding.ASCII.GetBytes($"message {number}"),
        Kind = MessageKind.Text,
        PublishedAt = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000,
        Sender = number,
    };

    public async Task InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(3);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSiloHost((_, host) =>
        {
            host.Services.AddSingleton<IReplicaPlacement, ReplicaPlacement>();
            host.Services.AddRelayGrains(host.Configuration);
            foreach (var storage in (string[])[ChannelStreams.Storage, ChannelStreams.SubscriptionStorage])
            {
                host.Services.AddGrainStorage(storage, (services, _) => new SharedStorage(_rows, services.GetRequiredService<Serializer>()));
            }
        });
        builder.ConfigureSilo((_, silo) => silo.Tune().AddRelayStreams(ChannelStreams.Provider));
        builder.ConfigureClient(client =>
        {
            client.AddPersistentStreams(ChannelStreams.Provider, (_, name) => new SubscriberQueues(name), streams =>
                streams.ConfigureStreamPubSub(Orleans.Streams.StreamPubSubType.ExplicitGrainBasedOnly));
            client.Configure<Orleans.Configuration.ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(2));
        });
        Cluster = builder.Build();
        await Cluster.DeployAsync().WithinTest("three silos to start");
    }

    public async Task DisposeAsync() => await Cluster.DisposeAsync();

    /// <summary>The silo on which a grain is.</summary>
    public async Task<InProcessSiloHandle> SiloOfAsync(IAddressable grain)
    {
        var address = await Client.GetGrain<IManagementGrain>(0).GetActivationAddress(grain).AsTask().WithinTest("a grain to be found");
        return Cluster.GetSiloForAddress(address!)!;
    }

    /// <summary>Whether the storage has a state of a grain.</summary>
    public bool IsStored(string stateName, IAddressable grain) => _rows.ContainsKey((stateName, grain.GetGrainId()));

    /// <summary>Publishes messages by their numbers, one call each, as a gateway does: a call that fails is made again until it has an answer.</summary>
    public async Task<PublishResult> PublishAsync(string channel, long from, long to)
    {
        PublishResult? result = null;
        for (var number = from; number <= to; number++)
        {
            result = await PublishOneAsync(channel, number).WithinTest($"message {number} to be stored");
        }

        return result!;
    }

    /// <summary>Everything that a channel holds.</summary>
    public async Task<(long Epoch, long[] Numbers)> ReadAsync(string channel)
    {
        var page = await Client.GetGrain<IChannelGrain>(channel).ReadHistoryAsync(1, long.MaxValue).WithinTest("the history");
        return (page.Epoch, [.. page.Messages.Select(message => message.Sender)]);
    }

    private async Task<PublishResult> PublishOneAsync(string channel, long number)
    {
        while (true)
        {
            try
            {
                return await Client.GetGrain<IChannelGrain>(channel).PublishAsync(new PublishRequest { PublisherId = "me", FirstSequence = number, Messages = [MessageOf(number)] });
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException or InvalidOperationException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }
}
