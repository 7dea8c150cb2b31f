using Microsoft.Extensions.Options;

namespace Orleans.Hosting;

/// <summary>Adds stream providers, whose streams live in this process, by name.</summary>
public static class SiloBuilderMemoryStreamExtensions
{
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
