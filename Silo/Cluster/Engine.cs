using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using Orleans.Storage;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Grains.Replication;
using OrleansRelay.Settings;
using OrleansRelay.Silo.Cluster;
using OrleansRelay.Silo.Cluster.Database;
using OrleansRelay.Silo.Storage;
using OrleansRelay.Silo.Streaming;
using ClusterOptions = OrleansRelay.Settings.ClusterOptions;

namespace OrleansRelay.Silo.Hosting;

/// <summary>The Orleans engine: one silo in this process, alone or of a cluster.</summary>
internal static class Engine
{
    /// <summary>Its name, as the README has it.</summary>
    public const string Name = "Orleans";

    /// <summary>The storage in which Orleans looks for its streams' subscriptions.</summary>
    private const string SubscriptionStore = "PubSubStore";

    /// <summary>The database behind it.</summary>
    private const string SubscriptionDatabase = "PubSubDatabase";

    /// <summary>Hosts the grains.</summary>
    public static void UseEngine(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<ClusterOptions>(ClusterOptions.Section);
        var cluster = builder.Configuration.GetSection(ClusterOptions.Section);
        if (string.Equals(cluster[nameof(ClusterOptions.Mode)], nameof(ClusterMode.Postgres), StringComparison.OrdinalIgnoreCase))
        {
            ClusterThreads.Reserve();
            builder.Services.AddHostedService<DatabaseStart>();
            builder.Services.AddSingleton<IReplicaPlacement, ReplicaPlacement>();
            builder.UseOrleans(silo => silo.UsePostgres(cluster).Tune().AddRelayStreams(ChannelStreams.Provider, isCluster: true));
        }
        else
        {
            builder.Services.AddFileStorage();
            builder.UseOrleans(silo => silo
                .UseLocalhostClustering(FreePort(), FreePort())
                .AddRelayStreams(ChannelStreams.Provider, isCluster: false)

                // One silo: subscriptions end with it anyway.
                .AddMemoryGrainStorage(SubscriptionStore)
                .Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5)));
        }
    }

    /// <summary>Runs a command of the engine instead of the silo: <c>db</c> applies the schema.</summary>
    /// <returns>The exit code, or null when there is no such command.</returns>
    public static async Task<int?> TryRunCommandAsync(string[] args) =>
        args is ["db", ..] ? await DatabaseCommand.RunAsync(args[1..]) : null;

    private static ISiloBuilder UsePostgres(this ISiloBuilder silo, IConfigurationSection cluster)
    {
        const string npgsql = "Npgsql";
        var connection = cluster[nameof(ClusterOptions.ConnectionString)] ?? "";
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (npgsql, connection));
        silo.AddAdoNetGrainStorage(ChannelStreams.Storage, options => options.Configure<Orleans.Serialization.Serializer>((storage, serializer) =>
        {
            (storage.Invariant, storage.ConnectionString) = (npgsql, connection);

            // Binary: a buffer in JSON would be a third larger.
            storage.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
        }));

        // Subscriptions must outlive the silo that holds them. Measured with them in memory: after a kill -9 every gateway stopped
        // receiving, for ever, without an error.
        silo.AddAdoNetGrainStorage(SubscriptionDatabase, options => (options.Invariant, options.ConnectionString) = (npgsql, connection));
        silo.Services.AddKeyedSingleton<IGrainStorage>(SubscriptionStore, (services, _) =>
            ActivatorUtilities.CreateInstance<SubscriptionStorage>(services, services.GetRequiredKeyedService<IGrainStorage>(SubscriptionDatabase)));

#pragma warning disable ORLEANSEXP003 // The default directory drops healthy channels on other silos whenever one silo stops; this one doesn't (measured).
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        silo.Services.AddOptions<Orleans.Configuration.ClusterOptions>().Configure<Microsoft.Extensions.Options.IOptions<ClusterOptions>>((options, ours) =>
            (options.ClusterId, options.ServiceId) = (ours.Value.ClusterId, ours.Value.ServiceId));
        silo.Services.AddOptions<EndpointOptions>().Configure<Microsoft.Extensions.Options.IOptions<ClusterOptions>>((options, ours) =>
        {
            (options.SiloPort, options.GatewayPort) = (ours.Value.SiloPort, ours.Value.GatewayPort);
            options.AdvertisedIPAddress = ours.Value.AdvertisedAddress.Length > 0 ? IPAddress.Parse(ours.Value.AdvertisedAddress) : options.AdvertisedIPAddress;
        });
        return silo;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
