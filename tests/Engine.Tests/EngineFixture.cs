using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace OrleansRelay.Engine.Tests;

/// <summary>One engine for all tests that need no settings of their own; each test has grains of its own by <see cref="NewKey"/>.</summary>
public sealed class EngineFixture : IAsyncLifetime
{
    /// <summary>A storage beside the default one.</summary>
    public const string NamedStorage = "named";

    private EngineHost? _host;

    public Probe Probe { get; } = new();

    public IClusterClient Client => _host!.Client;

    public IServiceProvider Services => _host!.Services;

    public IStreamProvider Streams => Client.GetStreamProvider(EngineHost.Streams);

    public static string NewKey() => Guid.NewGuid().ToString("N");

    /// <summary>An engine of the test's own, whose grains tell the same probe.</summary>
    public Task<EngineHost> StartAsync(Action<ISiloBuilder> configure) => EngineHost.StartAsync(silo =>
    {
        silo.Services.AddSingleton(Probe);
        silo.AddMemoryGrainStorage(NamedStorage);
        configure(silo);
    });

    public async Task InitializeAsync() => _host = await StartAsync(_ => { });

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }
}

[CollectionDefinition(Name)]
public sealed class EngineCollection : ICollectionFixture<EngineFixture>
{
    public const string Name = "one engine";
}
