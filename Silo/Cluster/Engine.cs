using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using OrleansRelay.Channels;
using OrleansRelay.Silo.Streaming;

namespace OrleansRelay.Silo.Hosting;

/// <summary>The Orleans engine.</summary>
internal static class Engine
{
    /// <summary>Its name, as the README has it.</summary>
    public const string Name = "Orleans";

    /// <summary>Hosts the grains as a cluster of one silo in this process, on loopback ports that nobody else has.</summary>
    public static void UseEngine(this WebApplicationBuilder builder) => builder.UseOrleans(silo => silo
        .UseLocalhostClustering(FreePort(), FreePort())
        .AddRelayStreams(ChannelStreams.Provider)

        // One silo: subscriptions end with it anyway.
        .AddMemoryGrainStorage("PubSubStore")
        .Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5)));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
