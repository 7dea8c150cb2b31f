using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Settings;

namespace OrleansRelay.Grains.Channels;

/// <summary>Finds the options of a namespace: built-in ones, then <c>Channels:Default</c>, then <c>Channels:Namespaces:{namespace}</c>.</summary>
internal static class ChannelOptionsSections
{
    private const string Namespaces = "Channels:Namespaces";

    public static IServiceCollection AddChannelOptions(this IServiceCollection services)
    {
        services.AddSingleton<IConfigureOptions<ChannelOptions>, BuiltInNamespaces>();
        services.AddSettingsSection(provider => new SettingsSection<ChannelOptions>(
            provider.GetRequiredService<IConfiguration>(),
            space => space.Length == 0 ? ["Channels:Default"] : ["Channels:Default", $"{Namespaces}:{space}"]));
        services.AddOptions<ChannelOptions>().ValidateOnStart();
        services.AddHostedService<NamespaceCheck>();
        return services;
    }

    /// <summary>The hub has many publishers, no past, and names that are nobody else's business.</summary>
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
        }
    }

    /// <summary>Checks every namespace of the settings at start; named options are otherwise first read when a channel wakes.</summary>
    private sealed class NamespaceCheck(IConfiguration configuration, IOptionsMonitor<ChannelOptions> options) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken)
        {
            var failures = new List<string>();
            foreach (var space in configuration.GetSection(Namespaces).GetChildren())
            {
                try
                {
                    options.Get(space.Key);
                }
                catch (OptionsValidationException exception)
                {
                    failures.AddRange(exception.Failures);
                }
            }

            return failures.Count == 0
                ? Task.CompletedTask
                : throw new OptionsValidationException(Namespaces, typeof(ChannelOptions), failures.Distinct());
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
