using Microsoft.Extensions.Options;
using Orleans.Runtime.Hosting;
using OrleansRelay.Channels;
using OrleansRelay.Settings;

namespace OrleansRelay.Silo.Storage;

/// <summary>Registers the file storage.</summary>
internal static class FileStorageExtensions
{
    /// <summary>Stores channels in the folder of <see cref="StorageOptions"/>.</summary>
    public static IServiceCollection AddFileStorage(this IServiceCollection services) => services
        .AddSettings<StorageOptions>(StorageOptions.Section)
        .AddGrainStorage(ChannelStreams.Storage, (provider, _) => new FileGrainStorage(provider.GetRequiredService<IOptions<StorageOptions>>().Value.Directory));
}
