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
    private readonly UpDownCounter<int> _feeds;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _fannedOut;
    private readonly Counter<long> _deflated;
    private readonly Counter<long> _deflateBytes;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _overflows;
    private readonly UpDownCounter<int> _drainRemaining;
    private readonly Counter<long> _drainForced;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _viewers = meter.CreateUpDownCounter<int>("relay.viewers.active", "{viewer}", "How many viewers are connected, by form?");
        _publishers = meter.CreateUpDownCounter<int>("relay.publishers.active", "{publisher}", "How many publishers are connected?");
        _feeds = meter.CreateUpDownCounter<int>("relay.feeds.active", "{channel}", "How many channels does a gateway follow for its viewers?");
        _closed = meter.CreateCounter<long>("relay.viewers.closed", "{viewer}", "Why did viewers end?");
        _dropped = meter.CreateCounter<long>("relay.viewers.dropped", "{message}", "How many messages were skipped for slow viewers by policy?");
        _fannedOut = meter.CreateCounter<long>("relay.fanout.messages", "{message}", "How many messages reached this gateway for its viewers?");
        _deflated = meter.CreateCounter<long>("relay.deflate.messages", "{message}", "How many messages were compressed, once for all viewers, or found not to shrink?");
        _deflateBytes = meter.CreateCounter<long>("relay.deflate.bytes", "By", "How large were they before and after?");
        _gaps = meter.CreateCounter<long>("relay.feed.gaps", "{gap}", "How often did a feed read from the channel what its stream left out?");
        _overflows = meter.CreateCounter<long>("relay.feed.overflows", "{batch}", "How many batches found a feed's queue full?");
        _drainRemaining = meter.CreateUpDownCounter<int>("relay.drain.remaining", "{viewer}", "How many viewers has a draining gateway still to close?");
        _drainForced = meter.CreateCounter<long>("relay.drain.forced", "{connection}", "How many connections were cut off because a drain's time was over?");
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

    public void DrainRemains(int change) => _drainRemaining.Add(change);

    public void DrainForced(int connections) => _drainForced.Add(connections);

    public void FeedCame() => _feeds.Add(1);

    public void FeedLeft() => _feeds.Add(-1);

    public void FannedOut(int messages) => _fannedOut.Add(messages);

    /// <summary>A frame was compressed; with as many bytes after as before it was found not to shrink.</summary>
    public void Deflated(int bytesBefore, int bytesAfter)
    {
        _deflated.Add(1, new KeyValuePair<string, object?>("result", bytesAfter < bytesBefore ? "smaller" : "kept"));
        _deflateBytes.Add(bytesBefore, new KeyValuePair<string, object?>("side", "before"));
        _deflateBytes.Add(bytesAfter, new KeyValuePair<string, object?>("side", "after"));
    }

    public void GapFilled() => _gaps.Add(1);

    public void FeedOverflowed() => _overflows.Add(1);

    private static KeyValuePair<string, object?> Form(ViewerFormat format) => new("form", format.ToString());

    private sealed class PublisherCount(GatewayMetrics metrics) : IDisposable
    {
        public void Dispose() => metrics._publishers.Add(-1);
    }
}
