using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Statistics;
using OrleansRelay.Silo.Storage;

namespace OrleansRelay.Silo.Hosting;

/// <summary>One silo, alone, with the gateway in its process. Grain state is in files. Streams lead to other processes, so it has none.</summary>
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
            silo.UseFreePorts()
                .Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5))

                // Loads are compared where there is more than one silo to place a grain on.
                .Configure<DeploymentLoadPublisherOptions>(loads => loads.DeploymentLoadPublisherRefreshTime = TimeSpan.Zero);
        });
        builder.Services.Replace(ServiceDescriptor.Singleton<IEnvironmentStatisticsProvider, LoneEnvironment>());
        return builder;
    }

    /// <summary>Lets the silo be a cluster of its own, on two free ports of this machine. Both are held until both are known, so that they differ.</summary>
    public static ISiloBuilder UseFreePorts(this ISiloBuilder silo)
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return silo.UseLocalhostClustering(((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
