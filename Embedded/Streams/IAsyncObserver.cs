namespace Orleans.Streams;

/// <summary>Takes the items of a stream.</summary>
public interface IAsyncObserver<in T>
{
    /// <summary>Takes one item; the next one comes when the returned task has ended.</summary>
    Task OnNextAsync(T item, StreamSequenceToken? token = null);

    /// <summary>The stream has ended; no provider of this engine ends one.</summary>
    Task OnCompletedAsync() => Task.CompletedTask;

    /// <summary>Items were lost; the next item that comes is one after the gap.</summary>
    Task OnErrorAsync(Exception ex);
}

/// <summary>Takes items that belong together, in their order.</summary>
public interface IAsyncBatchProducer<in T> : IAsyncObserver<T>
{
    Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null);
}
