using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Tests.Deflate;

/// <summary>How many messages a gateway has compressed, by its own count.</summary>
internal sealed class DeflateCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private int _smaller;
    private int _kept;

    /// <param name="services">The gateway's; other gateways of this process have meters of the same name.</param>
    public DeflateCount(IServiceProvider services)
    {
        var factory = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "relay.deflate.messages" && instrument.Meter.Name == GatewayMetrics.MeterName && instrument.Meter.Scope == factory)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            Interlocked.Add(ref tags[0].Value is "smaller" ? ref _smaller : ref _kept, (int)count));
        _listener.Start();
    }

    public int Smaller => Volatile.Read(ref _smaller);

    public int Kept => Volatile.Read(ref _kept);

    public void Dispose() => _listener.Dispose();
}
