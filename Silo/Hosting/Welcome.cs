using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace OrleansRelay.Silo.Hosting;

/// <summary>Says on the console what to open, once the relay serves.</summary>
internal sealed class Welcome(IServer server) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses.Select(Openable).ToArray() ?? [];
        var lines = addresses.SelectMany(address => (string[])
        [
            $"  open     {address}/",
            $"  watch    {address.Replace("http", "ws", StringComparison.Ordinal)}/viewer/<channel>",
            $"  publish  {address.Replace("http", "ws", StringComparison.Ordinal)}/streamer/<channel>",
        ]);
        return Console.Out.WriteLineAsync($"OrleansRelay serves.{Environment.NewLine}{string.Join(Environment.NewLine, lines)}");
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>An address that listens on every interface is opened at this machine's own name.</summary>
    private static string Openable(string address) => address
        .Replace("://[::]", "://localhost", StringComparison.Ordinal)
        .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal)
        .Replace("://*", "://localhost", StringComparison.Ordinal);
}
