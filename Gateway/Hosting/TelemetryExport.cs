using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>Sends the relay's metrics to a collector over OTLP, when the standard variable names one.</summary>
/// <remarks>
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> and the others of the OpenTelemetry specification are read by the
/// exporter itself. Without an endpoint nothing listens and the instruments cost next to nothing.
/// </remarks>
internal sealed class TelemetryExport : IHostedService, IDisposable
{
    private MeterProvider? _meters;

    /// <summary>Whether a collector is named.</summary>
    public static bool IsWanted(IConfiguration configuration) => !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meters = Sdk.CreateMeterProviderBuilder()
            .AddMeter("OrleansRelay.*", "Microsoft.Orleans", "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel")
            .AddOtlpExporter()
            .Build();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Sends what has not been sent yet.</summary>
    public void Dispose() => _meters?.Dispose();
}
