using System.Diagnostics.Metrics;
using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <summary>What operators see of channels. Names of channels are never tags: there is no bound on them.</summary>
internal sealed class ChannelMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "OrleansRelay.Grains";

    private readonly UpDownCounter<int> _active;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _refused;

    public ChannelMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _active = meter.CreateUpDownCounter<int>("relay.channels.active", "{channel}", "How many channels are awake on this silo?");
        _messages = meter.CreateCounter<long>("relay.publish.messages", "{message}", "How many messages were stored?");
        _bytes = meter.CreateCounter<long>("relay.publish.bytes", "By", "How many bytes of payload were stored?");
        _refused = meter.CreateCounter<long>("relay.publish.refused", "{batch}", "How many publishes were not stored, by reason?");
    }

    public void Woke() => _active.Add(1);

    public void Slept() => _active.Add(-1);

    public void Published(Message[] messages)
    {
        long bytes = 0;
        foreach (var message in messages)
        {
            bytes += message.Payload.Length;
        }

        _messages.Add(messages.Length);
        _bytes.Add(bytes);
    }

    public void Refused(PublishStatus status) => _refused.Add(1, new KeyValuePair<string, object?>("reason", status.ToString()));
}
