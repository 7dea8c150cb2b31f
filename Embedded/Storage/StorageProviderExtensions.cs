using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Orleans.Runtime.Hosting;

/// <summary>Adds storages of any kind by name; "Default" is the one of states without a storage name.</summary>
public static class StorageProviderExtensions
{
    private const string DefaultName = "Default";

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
