using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>The three questions of an orchestrator, each with an answer of its own.</summary>
/// <remarks>
/// <c>/health/startup</c>: has it joined the cluster and begun to serve? Asked until the first yes. <c>/health/ready</c>: should it get new
/// connections now? No while it drains, and when the grains have been silent for 10 s. <c>/health/live</c>: does its own loop answer? It depends on
/// nothing else: were it to ask the database, an outage of that would restart every pod and end every connection.
/// </remarks>
public static class Probes
{
    /// <summary>Adds what every process needs, and all that one needs that serves nothing but probes.</summary>
    public static WebApplicationBuilder AddProbes(this WebApplicationBuilder builder)
    {
        // The frameworks' own lines for every request and silo step would drown the relay's; an operator can ask for them by Logging:LogLevel.
        // A gateway that leaves, as each does at every roll-out, costs Orleans's stream agents four stack traces a channel until its subscription
        // is dropped. Gateways notice by themselves what they are not sent, and say so.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Orleans", LogLevel.Warning).AddFilter("Orleans.Streams", LogLevel.Critical);

        // Orleans places each grain through Polly, which says so twice for each.
        builder.Logging.AddFilter("Polly", LogLevel.Warning);

        // What would be logged of a request (a scope, an activity and its ids) is kept as long as the request is: 0.7 of 14.9 KB a viewer.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting", LogLevel.None);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<GrainsPulse>().AddHostedService(provider => provider.GetRequiredService<GrainsPulse>());
        return builder.AddTelemetry();
    }

    /// <summary>Has metrics sent to a collector, if one is named.</summary>
    internal static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        if (TelemetryExport.IsWanted(builder.Configuration))
        {
            builder.Services.AddHostedService<TelemetryExport>();
        }

        return builder;
    }

    /// <summary>Serves them.</summary>
    public static WebApplication UseProbes(this WebApplication app)
    {
        var lifetime = app.Lifetime;
        app.MapMethods("/health/live", ReadMethods.All, () => Results.Text("live"));
        app.MapMethods("/health/startup", ReadMethods.All, () => Answer(lifetime.ApplicationStarted.IsCancellationRequested, "started", "starting"));
        app.MapMethods("/health/ready", ReadMethods.All, (GrainsPulse grains, HttpContext context) =>
            Answer(!IsStopping(context, lifetime) && grains.IsBeating, "ready", "not ready"));
        return app;
    }

    private static bool IsStopping(HttpContext context, IHostApplicationLifetime lifetime) =>
        lifetime.ApplicationStopping.IsCancellationRequested || context.RequestServices.GetService<GatewayDrain>() is { IsDraining: true };

    private static IResult Answer(bool isYes, string yes, string no) =>
        Results.Text(isYes ? yes : no, statusCode: isYes ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
