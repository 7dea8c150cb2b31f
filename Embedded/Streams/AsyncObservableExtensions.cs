namespace Orleans.Streams;

/// <summary>Subscribes functions instead of objects.</summary>
public static class AsyncObservableExtensions
{
    public static Task<StreamSubscriptionHandle<T>> SubscribeAsync<T>(this IAsyncObservable<T> obs, Func<T, StreamSequenceToken, Task> onNextAsync) =>
        obs.SubscribeAsync(onNextAsync, _ => Task.CompletedTask);

    public static Task<StreamSubscriptionHandle<T>> SubscribeAsync<T>(this IAsyncObservable<T> obs, Func<T, StreamSequenceToken, Task> onNextAsync, Func<Exception, Task> onErrorAsync) =>
        obs.SubscribeAsync(new Observer<T>(onNextAsync, onErrorAsync));

    private sealed class Observer<T>(Func<T, StreamSequenceToken, Task> onNextAsync, Func<Exception, Task> onErrorAsync) : IAsyncObserver<T>
    {
        public Task OnNextAsync(T item, StreamSequenceToken? token = null) => onNextAsync(item, token!);
        public Task OnErrorAsync(Exception ex) => onErrorAsync(ex);
    }
}
