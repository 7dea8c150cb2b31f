namespace Orleans.Streams;

/// <summary>One stream, to publish to and to subscribe to.</summary>
/// <remarks>Publishing never waits for a subscriber.</remarks>
public interface IAsyncStream<T> : IAsyncObservable<T>, IAsyncBatchProducer<T>
{
    /// <summary>Whether a subscriber may start in the past.</summary>
    bool IsRewindable { get; }

    /// <summary>The name of the stream's provider.</summary>
    string ProviderName { get; }

    /// <summary>The stream's id.</summary>
    StreamId StreamId { get; }

    /// <summary>The subscriptions of whoever asks: of this grain, or of everything outside of grains.</summary>
    Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles();
}

/// <summary>Something to subscribe to.</summary>
public interface IAsyncObservable<T>
{
    /// <summary>Delivers every item published from now on, in order, one at a time.</summary>
    Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer);
}
