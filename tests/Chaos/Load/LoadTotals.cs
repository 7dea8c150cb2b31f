namespace OrleansRelay.Chaos.Load;

/// <summary>What happened so far, for the line that is printed each second.</summary>
internal sealed class LoadTotals
{
    private long _published;
    private long _acknowledged;
    private long _delivered;
    private long _reconnects;

    public long Published => Volatile.Read(ref _published);

    public long Acknowledged => Volatile.Read(ref _acknowledged);

    public long Delivered => Volatile.Read(ref _delivered);

    public long Reconnects => Volatile.Read(ref _reconnects);

    public void AddPublished() => Interlocked.Increment(ref _published);

    public void AddAcknowledged(long count) => Interlocked.Add(ref _acknowledged, count);

    public void AddDelivered() => Interlocked.Increment(ref _delivered);

    public void AddReconnect() => Interlocked.Increment(ref _reconnects);
}
