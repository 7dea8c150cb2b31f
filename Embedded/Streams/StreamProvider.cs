namespace Orleans.Embedded;

/// <summary>The streams of one name: who subscribes to what.</summary>
/// <remarks>A stream without subscriptions costs nothing and is not kept.</remarks>
internal sealed class StreamProvider(string name, EmbeddedSilo silo, int pendingItemsLimit) : IStreamProvider
{
    // Publishers read without a lock; the lists of subscriptions are replaced, never changed, under it.
    private readonly ConcurrentDictionary<(StreamId Id, Type ItemType), ISubscription[]> _subscriptions = new();
    private readonly Lock _changing = new();
    private int _version;

    public string Name => name;
    public bool IsRewindable => false;
    public EmbeddedSilo Silo => silo;
    public int PendingItemsLimit => pendingItemsLimit;

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => new AsyncStream<T>(this, streamId);

    /// <summary>Grows whenever somebody subscribes or leaves, after the list has changed.</summary>
    public int Version => Volatile.Read(ref _version);

    public ISubscription[] Subscriptions((StreamId Id, Type ItemType) stream) => _subscriptions.GetValueOrDefault(stream) ?? [];

    public void Add((StreamId Id, Type ItemType) stream, ISubscription subscription)
    {
        lock (_changing)
        {
            _subscriptions[stream] = [.. Subscriptions(stream), subscription];
            _version++;
        }
    }

    public void Remove((StreamId Id, Type ItemType) stream, ISubscription subscription)
    {
        lock (_changing)
        {
            ISubscription[] rest = [.. Subscriptions(stream).Where(other => other != subscription)];
            if (rest.Length > 0)
            {
                _subscriptions[stream] = rest;
            }
            else
            {
                _subscriptions.TryRemove(stream, out _);
            }

            _version++;
        }
    }

    /// <summary>Ends every subscription and waits for the deliveries that are running.</summary>
    public async Task StopAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(_subscriptions.Values.SelectMany(subscriptions => subscriptions).Select(subscription => subscription.EndAsync()))
            .WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
