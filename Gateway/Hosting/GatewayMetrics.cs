using System.Diagnostics.Metrics;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>What operators see of a gateway. Channels and viewers are never tags: there is no bound on them.</summary>
internal sealed class GatewayMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "OrleansRelay.Gateway";

    private readonly UpDownCounter<int> _viewers;
    private readonly UpDownCounter<int> _publishers;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _fannedOut;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _overflows;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _viewers = meter.CreateUpDownCounter<int>("relay.viewers.active", "{viewer}", "How many viewers are connected, by form?");
        _publishers = meter.CreateUpDownCounter<int>("relay.publishers.active", "{publisher}", "How many publishers are connected?");
        _closed = meter.CreateCounter<long>("relay.viewers.closed", "{viewer}", "Why did viewers end?");
        _dropped = meter.CreateCounter<long>("relay.viewers.dropped", "{message}", "How many messages were skipped for slow viewers by policy?");
        _fannedOut = meter.CreateCounter<long>("relay.fanout.messages", "{message}", "How many messages reached this gateway for its viewers?");
        _gaps = meter.CreateCounter<long>("relay.feed.gaps", "{gap}", "How often did a feed read from the channel what its stream left out?");
        _overflows = meter.CreateCounter<long>("relay.feed.overflows", "{batch}", "How many batches found a feed's queue full?");
    }

    public void ViewerCame(ViewerFormat format) => _viewers.Add(1, Form(format));

    public void ViewerLeft(ViewerFormat format, string reason, long dropped)
    {
        _viewers.Add(-1, Form(format));
        _closed.Add(1, new KeyValuePair<string, object?>("reason", reason));
        if (dropped > 0)
        {
            _dropped.Add(dropped);
        }
    }

    public IDisposable Publisher()
    {
        _publishers.Add(1);
        return new PublisherCount(this);
    }

    public void FannedOut(int messages) => _fannedOut.Add(messages);

    public void GapFilled() => _gaps.Add(1);

    public void FeedOverflowed() => _overflows.Add(1);

    private static KeyValuePair<string, object?> Form(ViewerFormat format) => new("form", format.ToString());

    private sealed class PublisherCount(GatewayMetrics metrics) : IDisposable
    {
        public void Dispose() => metrics._publishers.Add(-1);
    }
}
