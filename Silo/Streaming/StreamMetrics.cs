using System.Diagnostics.Metrics;

namespace OrleansRelay.Silo.Streaming;

/// <summary>What operators see of the streams between this silo and the gateways.</summary>
internal sealed class StreamMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "OrleansRelay.Streams";

    private readonly Counter<long> _batches;
    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _overruns;
    private readonly Counter<long> _refused;

    public StreamMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _batches = meter.CreateCounter<long>("relay.stream.batches", "{batch}", "How many batches did channels put on their streams?");
        _deliveries = meter.CreateCounter<long>("relay.stream.deliveries", "{delivery}", "How many deliveries were made to gateways, each of one batch or several merged?");
        _overruns = meter.CreateCounter<long>("relay.stream.overruns", "{gateway}", "How often did a gateway fall so far behind that it has to read the channel instead?");
        _refused = meter.CreateCounter<long>("relay.stream.refused", "{batch}", "How many batches found no room within a second?");
    }

    public void Queued() => _batches.Add(1);

    public void Delivered() => _deliveries.Add(1);

    public void Overran() => _overruns.Add(1);

    public void Refused() => _refused.Add(1);
}
