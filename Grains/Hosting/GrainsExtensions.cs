using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansRelay.Grains.Channels;
using OrleansRelay.Grains.Replication;
using OrleansRelay.Local;

namespace OrleansRelay.Grains.Hosting;

/// <summary>Registers what the grains need. Orleans finds the grains themselves.</summary>
public static class GrainsExtensions
{
    /// <summary>Adds the options and metrics of all grains.</summary>
    public static IServiceCollection AddRelayGrains(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LocalChannels>();
        services.TryAddSingleton<ChannelMetrics>();
        services.TryAddSingleton<IReplicaPlacement, NoReplicas>();
        return services.AddChannelOptions(configuration);
    }
}
