using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Settings;

namespace OrleansRelay.Grains.Channels;

/// <summary>Finds the options of a namespace: built-in ones, then <c>Channels:Default</c>, then <c>Channels:Namespaces:{namespace}</c>.</summary>
internal static class ChannelOptionsSections
{
    private const string Namespaces = "Channels:Namespaces";

    /// <summary>Reads and checks the options of every namespace that the settings name, all of them before the host starts.</summary>
    public static IServiceCollection AddChannelOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IConfigureOptions<ChannelOptions>, BuiltInNamespaces>();
        services.AddSettingsSection(_ => new SettingsSection<ChannelOptions>(
            configuration,
            space => space.Length == 0 ? ["Channels:Default"] : ["Channels:Default", $"{Namespaces}:{space}"]));
        services.AddOptions<ChannelOptions>().ValidateOnStart();
        foreach (var space in configuration.GetSection(Namespaces).GetChildren())
        {
            services.AddOptions<ChannelOptions>(space.Key).ValidateOnStart();
        }

        return services;
    }

    /// <summary>The hub has many publishers, no past, and names that are nobody else's business; video frames are worth little after the next one.</summary>
    private sealed class BuiltInNamespaces : IConfigureNamedOptions<ChannelOptions>
    {
        public void Configure(ChannelOptions options) => Configure(Options.DefaultName, options);

        public void Configure(string? name, ChannelOptions options)
        {
            if (name == "hub")
            {
                options.Publishers = PublisherPolicy.Shared;
                options.HistoryMessages = 1000;
                options.KeepAfterEnd = TimeSpan.Zero;
                options.IsListed = false;
            }
            else if (name == "video")
            {
                // A lost frame is replaced by the next one; a second copy of each would double the silos' traffic.
                options.Ack = AckLevel.Received;
                options.SlowViewers = SlowViewerPolicy.LatestOnly;
            }
        }
    }
}
