using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Storage;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Grains.Replication;
using OrleansRelay.Silo.Cluster.Database;
using OrleansRelay.Silo.Streaming;
using ClusterOptions = OrleansRelay.Settings.ClusterOptions;

namespace OrleansRelay.Silo.Cluster;

/// <summary>One silo of a cluster: membership, subscriptions and grain state in PostgreSQL, the second copy of each channel on another silo.</summary>
internal static class PostgresCluster
{
    private const string Npgsql = "Npgsql";

    /// <summary>The database behind <see cref="ChannelStreams.SubscriptionStorage"/>.</summary>
    private const string SubscriptionDatabase = "PubSubDatabase";

    /// <summary>Configures the silo.</summary>
    /// <param name="builder">The process.</param>
    /// <param name="cluster">The section of the settings that says how to reach the database.</param>
    public static WebApplicationBuilder UsePostgresCluster(this WebApplicationBuilder builder, IConfigurationSection cluster)
    {
        ClusterThreads.Reserve();
        builder.Services.AddHostedService<DatabaseStart>();
        builder.Services.AddSingleton<IReplicaPlacement, ReplicaPlacement>();
        builder.UseOrleans(silo => silo
            .UsePostgres(cluster[nameof(ClusterOptions.ConnectionString)] ?? "")
            .UseClusterOptions()
            .Tune()
            .AddRelayStreams(ChannelStreams.Provider));
        return builder;
    }

    private static ISiloBuilder UsePostgres(this ISiloBuilder silo, string connection)
    {
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Npgsql, connection));
        silo.AddAdoNetGrainStorage(ChannelStreams.Storage, options => options.Configure<Orleans.Serialization.Serializer>((storage, serializer) =>
        {
            (storage.Invariant, storage.ConnectionString) = (Npgsql, connection);

            // Binary: a buffer in JSON would be a third larger.
            storage.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
        }));

        // Subscriptions must outlive the silo that holds them. Measured with them in memory: after a kill -9 every gateway stopped
        // receiving, for ever, without an error.
        silo.AddAdoNetGrainStorage(SubscriptionDatabase, options => (options.Invariant, options.ConnectionString) = (Npgsql, connection));
        silo.Services.AddKeyedSingleton<IGrainStorage>(ChannelStreams.SubscriptionStorage, (services, _) =>
            ActivatorUtilities.CreateInstance<SubscriptionStorage>(services, services.GetRequiredKeyedService<IGrainStorage>(SubscriptionDatabase)));

#pragma warning disable ORLEANSEXP003 // The default directory drops healthy channels on other silos whenever one silo stops; this one doesn't (measured).
        return silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
    }

    private static ISiloBuilder UseClusterOptions(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<Orleans.Configuration.ClusterOptions>().Configure<IOptions<ClusterOptions>>((options, ours) =>
            (options.ClusterId, options.ServiceId) = (ours.Value.ClusterId, ours.Value.ServiceId));
        silo.Services.AddOptions<EndpointOptions>().Configure<IOptions<ClusterOptions>>((options, ours) =>
        {
            (options.SiloPort, options.GatewayPort) = (ours.Value.SiloPort, ours.Value.GatewayPort);
            options.AdvertisedIPAddress = ours.Value.AdvertisedAddress.Length > 0 ? IPAddress.Parse(ours.Value.AdvertisedAddress) : options.AdvertisedIPAddress;
        });
        return silo;
    }
}
