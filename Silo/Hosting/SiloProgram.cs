using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Grains.Hosting;
using OrleansRelay.Silo.Storage;

namespace OrleansRelay.Silo.Hosting;

/// <summary>The process of the one-machine relay: silo, gateway and page together.</summary>
public static class SiloProgram
{
    /// <summary>What the process answers when a setting is wrong, so that a supervisor doesn't restart it for ever.</summary>
    private const int WrongSettings = 2;

    /// <summary>Runs until told to stop.</summary>
    /// <returns>0 after a clean end, 2 when a setting is wrong.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await using var app = Build(args);
            await app.RunAsync();
            return 0;
        }
        catch (Exception exception) when (WrongSettingsOf(exception) is { } failures)
        {
            await Console.Error.WriteLineAsync($"The relay can't start: {failures.Count} wrong {(failures.Count == 1 ? "setting" : "settings")}.");
            foreach (var failure in failures)
            {
                await Console.Error.WriteLineAsync("  " + failure);
            }

            return WrongSettings;
        }
    }

    /// <summary>Puts the process together.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Configuration["urls"] ??= builder.Configuration["PORT"] is null && builder.Configuration["http_ports"] is null ? "http://localhost:8080" : null;
        builder.UseEngine();
        builder.Services.AddRelayGrains(builder.Configuration);
        builder.Services.AddFileStorage();
        builder.AddRelayGateway();
        builder.Services.AddHostedService<Welcome>();
        var app = builder.Build();
        app.UseRelayGateway();
        return app;
    }

    private static IReadOnlyList<string>? WrongSettingsOf(Exception exception) => exception switch
    {
        OptionsValidationException wrong => [.. wrong.Failures.Distinct()],
        AggregateException { InnerExceptions: var inner } when inner.All(one => one is OptionsValidationException) =>
            [.. inner.Cast<OptionsValidationException>().SelectMany(wrong => wrong.Failures).Distinct()],
        _ => null,
    };
}
