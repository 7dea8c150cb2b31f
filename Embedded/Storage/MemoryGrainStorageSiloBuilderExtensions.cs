using Orleans.Runtime.Hosting;

namespace Orleans.Hosting;

/// <summary>Adds storages that last as long as the process.</summary>
public static class MemoryGrainStorageSiloBuilderExtensions
{
    /// <summary>Adds the storage of states without a storage name.</summary>
    public static ISiloBuilder AddMemoryGrainStorageAsDefault(this ISiloBuilder builder) => builder.AddMemoryGrainStorage("Default");

    /// <summary>Adds a storage under a name.</summary>
    public static ISiloBuilder AddMemoryGrainStorage(this ISiloBuilder builder, string name)
    {
        builder.Services.AddGrainStorage(name, (_, _) => new MemoryGrainStorage());
        return builder;
    }
}
