namespace Orleans.Streams;

/// <summary>One stream, to publish to and to subscribe to. Publishing never waits for a subscriber.</summary>
public interface IAsyncStream<T> : IAsyncObservable<T>, IAsyncBatchProducer<T>
{
    bool IsRewindable { get; }
    string ProviderName { get; }
    StreamId StreamId { get; }

    /// <summary>The subscriptions of whoever asks: of this grain, or of everything outside of grains.</summary>
    Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles();
}

/// <summary>Something to subscribe to.</summary>
public interface IAsyncObservable<T>
{
    /// <summary>Delivers every item published from now on, in order, one at a time; in turns of the grain, if a grain subscribes.</summary>
    Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer);
}
