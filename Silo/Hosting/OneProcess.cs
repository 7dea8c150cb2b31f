using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using OrleansRelay.Channels;
using OrleansRelay.Silo.Storage;
using OrleansRelay.Silo.Streaming;

namespace OrleansRelay.Silo.Hosting;

/// <summary>One silo, alone in its process: subscriptions in memory, grain state in files.</summary>
internal static class OneProcess
{
    /// <summary>Configures the silo.</summary>
    public static WebApplicationBuilder UseOneProcess(this WebApplicationBuilder builder)
    {
        builder.Services.AddFileStorage();
        builder.UseOrleans(silo =>
        {
            var (siloPort, gatewayPort) = FreePorts();
            silo.UseLocalhostClustering(siloPort, gatewayPort)
                .AddRelayStreams(ChannelStreams.Provider, isCluster: false)

                // One silo: subscriptions end with it anyway.
                .AddMemoryGrainStorage(ChannelStreams.SubscriptionStorage)
                .Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
        });
        return builder;
    }

    /// <summary>Two ports that nobody listens on. Both are held until both are known, so that they differ.</summary>
    private static (int Silo, int Gateway) FreePorts()
    {
        using var silo = new TcpListener(IPAddress.Loopback, 0);
        using var gateway = new TcpListener(IPAddress.Loopback, 0);
        silo.Start();
        gateway.Start();
        return (((IPEndPoint)silo.LocalEndpoint).Port, ((IPEndPoint)gateway.LocalEndpoint).Port);
    }
}
