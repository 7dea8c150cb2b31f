using Microsoft.Extensions.Options;

namespace Orleans.Hosting;

/// <summary>Adds streams that live in this process.</summary>
public static class SiloBuilderMemoryStreamExtensions
{
    /// <summary>Adds a stream provider under a name.</summary>
    public static ISiloBuilder AddMemoryStreams(this ISiloBuilder builder, string name)
    {
        builder.Services.AddKeyedSingleton(name, (services, _) => new StreamProvider(
            name,
            services.GetRequiredService<EmbeddedSilo>(),
            services.GetRequiredService<IOptions<EmbeddedStreamOptions>>().Value.PendingItemsLimit));
        builder.Services.AddKeyedSingleton<IStreamProvider>(name, (services, _) => services.GetRequiredKeyedService<StreamProvider>(name));
        builder.Services.AddSingleton(services => services.GetRequiredKeyedService<StreamProvider>(name));
        return builder;
    }
}
