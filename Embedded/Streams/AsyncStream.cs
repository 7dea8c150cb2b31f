namespace Orleans.Embedded;

/// <summary>A stream by its id. Holds no state, so it may be kept or made anew as one likes.</summary>
internal sealed class AsyncStream<T>(StreamProvider provider, StreamId streamId) : IAsyncStream<T>
{
    private readonly (StreamId Id, Type ItemType) _stream = (streamId, typeof(T));

    public bool IsRewindable => false;
    public string ProviderName => provider.Name;
    public StreamId StreamId => streamId;

    public Task OnNextAsync(T item, StreamSequenceToken? token = null)
    {
        foreach (var subscription in provider.Subscriptions(_stream))
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
}
