namespace Orleans.Streams;

/// <summary>One subscription.</summary>
public abstract class StreamSubscriptionHandle<T>
{
    public abstract StreamId StreamId { get; }
    public abstract string ProviderName { get; }
    public abstract Guid HandleId { get; }

    /// <summary>Ends the subscription: after it no delivery starts, though one may still be running.</summary>
    public abstract Task UnsubscribeAsync();

    /// <summary>Puts another observer in the place of the present one, or of one that went with its activation.</summary>
    public abstract Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null);
}
