using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using OrleansRelay.Channels;
using OrleansRelay.Settings;
using OrleansRelay.Silo.Storage;

namespace OrleansRelay.Silo.Hosting;

/// <summary>The Embedded engine: everything in this process.</summary>
internal static class Engine
{
    /// <summary>Its name, as the README has it.</summary>
    public const string Name = "Embedded";

    /// <summary>Hosts the grains.</summary>
    public static void UseEngine(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<ClusterOptions>(ClusterOptions.Section);
        builder.Services.AddOptions<ClusterOptions>().Validate(
            cluster => cluster.Mode == ClusterMode.Local,
            "Cluster:Mode (environment variable Cluster__Mode) is Postgres, and this build runs on the Embedded engine, which has no cluster. Build with -p:RelayEngine=Orleans.");
        builder.Services.TryAddSingleton<TimeProvider, CoalescedTime>();
        builder.Services.AddFileStorage();
        builder.UseOrleans(silo => silo
            .AddMemoryStreams(ChannelStreams.Provider)
            .Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5)));
    }

    /// <summary>Runs a command of the engine instead of the silo; this one has none.</summary>
    /// <returns>The exit code, or null when there is no such command.</returns>
    public static async Task<int?> TryRunCommandAsync(string[] args)
    {
        if (args is not ["db", ..])
        {
            return null;
        }

        await Console.Error.WriteLineAsync("The Embedded engine has no database. Build with -p:RelayEngine=Orleans.");
        return 2;
    }
}
