using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Statistics;
using OrleansRelay.Silo.Storage;

namespace OrleansRelay.Silo.Hosting;

/// <summary>One silo, alone, with the gateway in its process: grain state in files. There is nobody to reach by a stream, so there are no streams.</summary>
internal static class OneProcess
{
    /// <summary>Configures the silo.</summary>
    public static WebApplicationBuilder UseOneProcess(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<TimeProvider, CoalescedTime>();
        builder.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Membership, (services, _) => new LoneMembershipTime(services.GetRequiredService<TimeProvider>()));
        builder.Services.AddFileStorage();
        builder.UseOrleans(silo =>
        {
            var (siloPort, gatewayPort) = FreePorts();
            silo.UseLocalhostClustering(siloPort, gatewayPort)
                .Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5))

                // Loads are compared where there is more than one silo to place a grain on.
                .Configure<DeploymentLoadPublisherOptions>(loads => loads.DeploymentLoadPublisherRefreshTime = TimeSpan.Zero);
        });
        builder.Services.Replace(ServiceDescriptor.Singleton<IEnvironmentStatisticsProvider, LoneEnvironment>());
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
