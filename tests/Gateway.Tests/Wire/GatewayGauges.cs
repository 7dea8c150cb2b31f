using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Tests.Wire;

/// <summary>A gateway's own counts of what it has now, and waits for them: by the event of their change, not by asking again.</summary>
internal sealed class GatewayGauges : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _values = [];
    private readonly List<(string Gauge, long Value, TaskCompletionSource Reached)> _waits = [];
    private readonly MeterListener _listener = new();

    /// <param name="services">The gateway's; other gateways of this process have meters of the same name.</param>
    public GatewayGauges(IServiceProvider services)
    {
        var factory = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is UpDownCounter<int> && instrument.Meter.Name == GatewayMetrics.MeterName && instrument.Meter.Scope == factory)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, by, _, _) => Change(instrument.Name, by));
        _listener.Start();
    }

    /// <summary>Completes when a count is what is asked for.</summary>
    public Task IsAsync(string gauge, long value)
    {
        lock (_gate)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((gauge, value, reached));
            Tell_NeedsLock(gauge);
            return reached.Task.WithinTest($"{gauge} to be {value}");
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Change(string gauge, int by)
    {
        lock (_gate)
        {
            _values[gauge] = _values.GetValueOrDefault(gauge) + by;
            Tell_NeedsLock(gauge);
        }
    }

    private void Tell_NeedsLock(string gauge)
    {
        foreach (var (_, _, reached) in _waits.Where(wait => wait.Gauge == gauge && wait.Value == _values.GetValueOrDefault(gauge)))
        {
            reached.TrySetResult();
        }
    }
}
