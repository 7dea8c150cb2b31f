using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Settings;
using ClusterOptions = OrleansRelay.Settings.ClusterOptions;

namespace OrleansRelay.Gateway.Standalone;

/// <summary>A gateway in a process of its own: a client of the silo cluster.</summary>
internal static class StandaloneGateway
{
    /// <summary>Runs until told to stop.</summary>
    /// <returns>0 after a clean end, 2 when a setting is wrong.</returns>
    public static Task<int> RunAsync(string[] args) => StartFailures.RunAsync(async () =>
    {
        ClusterThreads.Reserve();
        // As in the silo: settings are read once.
        var builder = WebApplication.CreateBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
        builder.Services.AddSettings<ClusterOptions>(ClusterOptions.Section);
        builder.Services.AddOptions<ClusterOptions>().Validate(
            options => options.Mode == ClusterMode.Postgres,
            "Cluster:Mode (environment variable Cluster__Mode) must be Postgres: a gateway of its own finds its silos in the database.");
        var cluster = builder.Configuration.GetSection(ClusterOptions.Section);
        builder.UseOrleansClient(client =>
        {
            client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", cluster[nameof(ClusterOptions.ConnectionString)] ?? ""));
            client.AddPersistentStreams(ChannelStreams.Provider, (_, name) => new SubscriberQueues(name), streams =>
                streams.ConfigureStreamPubSub(Orleans.Streams.StreamPubSubType.ExplicitGrainBasedOnly));
            client.Services.AddOptions<Orleans.Configuration.ClusterOptions>().Configure<IOptions<ClusterOptions>>((options, ours) =>
                (options.ClusterId, options.ServiceId) = (ours.Value.ClusterId, ours.Value.ServiceId));

            // A call to a silo that died waits for this long, then it is tried again elsewhere.
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(2));
            client.Configure<Orleans.Configuration.GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
            client.UseConnectionRetryFilter(async (_, cancellationToken) =>
            {
                // Silos may come later than their gateways.
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
                return true;
            });
        });
        builder.AddRelayGateway();
        await using var app = builder.Build();
        app.UseRelayGateway();
        await app.RunAsync();
        return 0;
    });
}
