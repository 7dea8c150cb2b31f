using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OrleansRelay.TestKit;

/// <summary>A started host with one silo, memory storage and memory streams.</summary>
public sealed class SiloHost : IAsyncDisposable
{
    /// <summary>The name of the stream provider that every such silo has.</summary>
    public const string Streams = "streams";

    private readonly IHost _host;

    private SiloHost(IHost host) => _host = host;

    public IClusterClient Client => _host.Services.GetRequiredService<IClusterClient>();

    public IServiceProvider Services => _host.Services;

    /// <summary>Starts a host; the silo gets what every test needs and then what this one adds.</summary>
    public static async Task<SiloHost> StartAsync(Action<ISiloBuilder>? configure = null)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleans(silo =>
        {
            var (siloPort, gatewayPort) = FreePorts();
            silo.UseLocalhostClustering(siloPort, gatewayPort);
            silo.AddMemoryGrainStorageAsDefault();
            silo.AddMemoryGrainStorage("PubSubStore");
            silo.AddMemoryStreams(Streams);
            configure?.Invoke(silo);
        });
        var host = builder.Build();
        await host.StartAsync().WithinTest("the silo to start");
        return new SiloHost(host);
    }

    /// <summary>Stops as an operator's SIGTERM would.</summary>
    public Task StopAsync() => _host.StopAsync().WithinTest("the silo to stop");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
    }

    /// <summary>Two ports that nobody listens on. Both are held until both are known, lest they be one.</summary>
    private static (int Silo, int Gateway) FreePorts()
    {
        using var silo = new TcpListener(IPAddress.Loopback, 0);
        using var gateway = new TcpListener(IPAddress.Loopback, 0);
        silo.Start();
        gateway.Start();
        return (((IPEndPoint)silo.LocalEndpoint).Port, ((IPEndPoint)gateway.LocalEndpoint).Port);
    }
}
