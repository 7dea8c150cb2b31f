using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Orleans.Runtime.Hosting;

/// <summary>Adds storages of any kind by name.</summary>
public static class StorageProviderExtensions
{
    /// <summary>The name of the storage that states without a storage name use.</summary>
    private const string DefaultName = "Default";

    /// <summary>Adds a storage under a name.</summary>
    public static IServiceCollection AddGrainStorage<T>(this IServiceCollection collection, string name, Func<IServiceProvider, string, T> implementationFactory)
        where T : IGrainStorage
    {
        collection.AddKeyedSingleton<IGrainStorage>(name, (services, _) => implementationFactory(services, name));
        if (name == DefaultName)
        {
            collection.TryAddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(DefaultName));
        }

        return collection;
    }
}
