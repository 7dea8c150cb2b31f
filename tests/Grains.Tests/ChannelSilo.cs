using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using OrleansRelay.Channels;
using OrleansRelay.Grains.Hosting;
using OrleansRelay.Silo.Hosting;

namespace OrleansRelay.Grains.Tests;

/// <summary>One silo with the relay's grains over a storage of the test's own, without a gateway.</summary>
internal sealed class ChannelSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private ChannelSilo(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    /// <summary>Starts it.</summary>
    /// <param name="storage">Where channels are stored.</param>
    /// <param name="configure">Services of the test's own, which go before the grains'.</param>
    /// <param name="settings">Settings as <c>Section:Key=value</c>.</param>
    public static async Task<ChannelSilo> StartAsync(IGrainStorage storage, Action<IServiceCollection>? configure = null, params string[] settings)
    {
        var configuration = new ConfigurationBuilder().AddCommandLine([.. settings.Select(setting => "--" + setting)]).Build();
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        configure?.Invoke(builder.Services);
        builder.Services.AddMetrics().AddRelayGrains(configuration).AddGrainStorage(ChannelStreams.Storage, (_, _) => storage);
        builder.UseOrleans(silo => silo.UseFreePorts());
        var host = builder.Build();
        await host.StartAsync().WithinTest("the silo to start");
        return new ChannelSilo(host);
    }

    public IChannelGrain Channel(string name) => Grains.GetGrain<IChannelGrain>(name);

    /// <summary>Stops as an operator's SIGTERM would.</summary>
    public Task StopAsync() => _host.StopAsync().WithinTest("the silo to stop");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
    }
}
