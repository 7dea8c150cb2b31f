namespace Orleans.Embedded;

/// <summary>A stream by its id. May be kept or made anew as one likes: it remembers only who subscribed when it was last used.</summary>
internal sealed class AsyncStream<T>(StreamProvider provider, StreamId streamId) : IAsyncStream<T>
{
    private readonly (StreamId Id, Type ItemType) _stream = (streamId, typeof(T));
    private Known _known = new(-1, []);

    public bool IsRewindable => false;
    public string ProviderName => provider.Name;
    public StreamId StreamId => streamId;

    public Task OnNextAsync(T item, StreamSequenceToken? token = null)
    {
        var known = _known;
        if (known.Version != provider.Version)
        {
            // The version first: a list that is newer than it is read once more.
            _known = known = new Known(provider.Version, provider.Subscriptions(_stream));
        }

        foreach (var subscription in known.Subscriptions)
        {
            ((Subscription<T>)subscription).Offer(item, token);
        }

        return Task.CompletedTask;
    }

    public Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null)
    {
        foreach (var item in batch)
        {
            OnNextAsync(item, token);
        }

        return Task.CompletedTask;
    }

    public Task OnCompletedAsync() => throw new NotSupportedException("A stream of this engine has no end; publish an item that says so.");

    public Task OnErrorAsync(Exception ex) => throw new NotSupportedException("A stream of this engine carries no errors; publish an item that says so.");

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer)
    {
        var subscription = new Subscription<T>(provider, _stream, observer);
        provider.Add(_stream, subscription);
        return Task.FromResult<StreamSubscriptionHandle<T>>(subscription);
    }

    public Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles()
    {
        var asker = Activation.Current?.GrainId;
        return Task.FromResult<IList<StreamSubscriptionHandle<T>>>(
            [.. provider.Subscriptions(_stream).Cast<Subscription<T>>().Where(subscription => subscription.Subscriber == asker)]);
    }

    private sealed record Known(int Version, ISubscription[] Subscriptions);
}
