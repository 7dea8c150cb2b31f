namespace Orleans.Streams;

/// <summary>One subscription.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
public abstract class StreamSubscriptionHandle<T>
{
    /// <summary>The stream.</summary>
    public abstract StreamId StreamId { get; }

    /// <summary>The name of the stream's provider.</summary>
    public abstract string ProviderName { get; }

    /// <summary>The subscription's own id.</summary>
    public abstract Guid HandleId { get; }

    /// <summary>Ends the subscription: after it no delivery starts, though one may still be running.</summary>
    public abstract Task UnsubscribeAsync();

    /// <summary>Puts another observer in the place of the present one, or of one that went with its activation.</summary>
    public abstract Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null);
}
