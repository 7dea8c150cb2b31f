using Orleans.Runtime.Hosting;

namespace Orleans.Hosting;

/// <summary>Adds storages that last as long as the process, by name or as the one of states without a storage name.</summary>
public static class MemoryGrainStorageSiloBuilderExtensions
{
    public static ISiloBuilder AddMemoryGrainStorageAsDefault(this ISiloBuilder builder) => builder.AddMemoryGrainStorage("Default");

    public static ISiloBuilder AddMemoryGrainStorage(this ISiloBuilder builder, string name)
    {
        builder.Services.AddGrainStorage(name, (_, _) => new MemoryGrainStorage());
        return builder;
    }
}
