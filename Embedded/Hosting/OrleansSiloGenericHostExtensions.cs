using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using Orleans.Hosting;

namespace Microsoft.Extensions.Hosting;

/// <summary>Puts a silo into a host.</summary>
/// <remarks>Hosted services stop in reverse order: what calls grains (a gateway) is to be registered after the silo.</remarks>
public static class OrleansSiloGenericHostExtensions
{
    /// <summary>Adds the silo; further calls set more on the same one.</summary>
    public static IHostApplicationBuilder UseOrleans(this IHostApplicationBuilder hostAppBuilder, Action<ISiloBuilder> configureDelegate)
    {
        configureDelegate(AddSilo(hostAppBuilder.Services, hostAppBuilder.Configuration));
        return hostAppBuilder;
    }

    public static IHostBuilder UseOrleans(this IHostBuilder hostBuilder, Action<ISiloBuilder> configureDelegate) =>
        hostBuilder.ConfigureServices((context, services) => configureDelegate(AddSilo(services, context.Configuration)));

    private static SiloBuilder AddSilo(IServiceCollection services, IConfiguration configuration)
    {
        if (services.All(service => service.ServiceType != typeof(EmbeddedSilo)))
        {
            services.TryAddSingleton(TimeProvider.System);
            services.AddSingleton<EmbeddedSilo>();
            services.AddHostedService(provider => provider.GetRequiredService<EmbeddedSilo>());
            services.AddSingleton<IClusterClient, ClusterClient>();
            services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<IClusterClient>());
            services.AddTransient<IGrainContext>(_ => Activation.Current ?? throw new InvalidOperationException("Only a grain that is being built has a grain context."));
        }

        return new SiloBuilder(services, configuration);
    }

    private sealed record SiloBuilder(IServiceCollection Services, IConfiguration Configuration) : ISiloBuilder;
}
