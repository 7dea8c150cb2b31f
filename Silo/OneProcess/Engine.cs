using Orleans.Configuration;
using OrleansRelay.Channels;

namespace OrleansRelay.Silo.Hosting;

/// <summary>The Embedded engine: everything in this process.</summary>
internal static class Engine
{
    /// <summary>Its name, as the README has it.</summary>
    public const string Name = "Embedded";

    /// <summary>Hosts the grains.</summary>
    public static void UseEngine(this WebApplicationBuilder builder) => builder.UseOrleans(silo => silo
        .AddMemoryStreams(ChannelStreams.Provider)
        .Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5)));
}
