using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Grains.Hosting;
using OrleansRelay.Settings;
using OrleansRelay.Silo.Cluster.Database;

namespace OrleansRelay.Silo.Hosting;

/// <summary>The process of the one-machine relay: silo, gateway and page together.</summary>
public static class SiloProgram
{
    /// <summary>Runs until told to stop, or runs a command: <c>db</c> applies the database schema.</summary>
    /// <returns>0 after a clean end, 2 when a setting is wrong.</returns>
    public static Task<int> RunAsync(string[] args) => StartFailures.RunAsync(async () =>
    {
        if (args is ["db", ..])
        {
            return await DatabaseCommand.RunAsync(args[1..]);
        }

        await using var app = Build(args);
        await app.RunAsync();
        return 0;
    });

    /// <summary>Puts the process together.</summary>
    /// <param name="args">Settings.</param>
    /// <param name="configure">What a test adds or replaces; it goes before the relay's own services.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        // Settings are read once. Watching their files for changes would watch the whole tree below the working directory.
        var builder = WebApplication.CreateBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
        configure?.Invoke(builder);
        builder.Configuration["urls"] ??= builder.Configuration["PORT"] is null && builder.Configuration["http_ports"] is null ? "http://localhost:8080" : null;
        builder.UseSilo();
        builder.Services.AddSettings<SiloOptions>(SiloOptions.Section);
        builder.Services.AddRelayGrains(builder.Configuration);
        if (!builder.Configuration.GetSection(SiloOptions.Section).GetValue(nameof(SiloOptions.ServesGateway), true))
        {
            builder.AddProbes();
            var silo = builder.Build();
            silo.UseProbes();
            return silo;
        }

        builder.AddRelayGateway();
        builder.Services.AddHostedService<Welcome>();
        var app = builder.Build();
        app.UseRelayGateway();
        return app;
    }
}
