using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OrleansRelay.Channels;
using OrleansRelay.Silo.Hosting;

namespace OrleansRelay.TestKit;

/// <summary>The whole one-machine relay in the test's process, over real loopback sockets, with a data folder of its own.</summary>
public sealed class RelayHost : IAsyncDisposable
{
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("relay-test-").FullName;
    private readonly string[] _settings;
    private readonly Action<WebApplicationBuilder>? _configure;
    private WebApplication? _app;

    private RelayHost(string[] settings, Action<WebApplicationBuilder>? configure) => (_settings, _configure) = (settings, configure);

    /// <summary>Where it serves, such as <c>http://127.0.0.1:41234/</c>. A restart keeps it.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>The same address for WebSockets.</summary>
    public Uri WebSocketAddress => new UriBuilder(Address) { Scheme = "ws" }.Uri;

    /// <summary>Where it stores.</summary>
    public string DataDirectory => Path.Combine(_directory, "data");

    /// <summary>Asks the relay over HTTP.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    /// <summary>The relay's services, for a test that looks inside.</summary>
    public IServiceProvider Services => _app?.Services ?? throw new InvalidOperationException("The relay does not run.");

    /// <summary>The grains, without a gateway between.</summary>
    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    /// <summary>A name that no other test has.</summary>
    public static string NewChannel() => $"c{Guid.NewGuid():N}"[..16];

    /// <summary>Starts a relay.</summary>
    /// <param name="settings">Settings as <c>Section:Key=value</c>.</param>
    public static Task<RelayHost> StartAsync(params string[] settings) => StartAsync(configure: null, settings);

    /// <summary>Starts a relay with services of the test's own.</summary>
    public static async Task<RelayHost> StartAsync(Action<WebApplicationBuilder>? configure, params string[] settings)
    {
        var host = new RelayHost(settings, configure);
        try
        {
            await host.RunAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>A channel's grain.</summary>
    public IChannelGrain Channel(string channel) => Grains.GetGrain<IChannelGrain>(channel);

    /// <summary>An address of the relay.</summary>
    public Uri At(string path) => new(Address, path);

    /// <summary>Posts one message.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, byte[] body, string? contentType = "text/plain")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        return await Http.PostAsync(At(path), content).WithinTest($"the answer to POST {path}");
    }

    /// <summary>Stops as SIGTERM does.</summary>
    public Task StopAsync() => _app!.StopAsync().WithinTest("the relay to stop");

    /// <summary>Stops as SIGTERM does and starts again, at the same address with the same data.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await _app!.DisposeAsync();
        _app = null;
        await RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await StopAsync();
            await _app.DisposeAsync();
        }

        Http.Dispose();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    private async Task RunAsync()
    {
        var app = SiloProgram.Build(
            [
                $"--urls={Address}", $"--Storage:Directory={DataDirectory}", "--Logging:LogLevel:Default=None", "--Gateway:DrainWithin=00:00:05",
                .. _settings.Select(setting => "--" + setting),
            ],
            _configure);
        try
        {
            await app.StartAsync().WithinTest("the relay to start");
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        _app = app;
        Address = new Uri(app.Urls.Single());
    }
}
