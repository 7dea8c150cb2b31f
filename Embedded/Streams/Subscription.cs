namespace Orleans.Embedded;

/// <summary>One subscription, whatever the type of its items.</summary>
internal interface ISubscription
{
    /// <summary>Starts no more deliveries; completes when the one that runs has ended.</summary>
    Task EndAsync();
}

/// <summary>One subscription: a bounded queue, emptied into the observer one item after another.</summary>
/// <remarks>
/// A grain that publishes has an idle observer outside of grains called once its turn is over, by the same thread; what that awaits, and what comes meanwhile, is the pool's.
/// When the queue is full the oldest item is dropped, and before the next one is delivered the observer is told, once, by
/// <see cref="IAsyncObserver{T}.OnErrorAsync"/>. What an observer throws is logged and the next item comes.
/// </remarks>
internal sealed class Subscription<T> : StreamSubscriptionHandle<T>, ISubscription, IThreadPoolWorkItem
{
    private readonly StreamProvider _provider;
    private readonly (StreamId Id, Type ItemType) _stream;
    private readonly Queue<Item> _pending = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Activation? _subscriber = Activation.Current;
    private volatile Target _target;
    private volatile bool _hasEnded;
    private bool _isDelivering;
    private int _dropped;

    public Subscription(StreamProvider provider, (StreamId Id, Type ItemType) stream, IAsyncObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        (_provider, _stream, _target) = (provider, stream, new Target(observer, _subscriber));
    }

    public override StreamId StreamId => _stream.Id;
    public override string ProviderName => _provider.Name;
    public override Guid HandleId { get; } = Guid.NewGuid();

    /// <summary>The grain that subscribed; null for everything outside of grains.</summary>
    public GrainId? Subscriber => _subscriber?.GrainId;

    public void Offer(T item, StreamSequenceToken? token)
    {
        lock (_pending)
        {
            if (_pending.Count == _provider.PendingItemsLimit)
            {
                _pending.Dequeue();
                _dropped++;
            }

            _pending.Enqueue(new(item, token, null));
            if (_isDelivering)
            {
                return;
            }

            _isDelivering = true;
        }

        if (Activation.Current is null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        else
        {
            TurnScheduler.RunOutside(this);
        }
    }

    public override Task UnsubscribeAsync()
    {
        // The delivery that runs is not waited for: an observer may unsubscribe itself.
        _ = EndAsync();
        return Task.CompletedTask;
    }

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null)
    {
        _target = new Target(observer, Activation.Current);
        return Task.FromResult<StreamSubscriptionHandle<T>>(this);
    }

    public Task EndAsync()
    {
        _provider.Remove(_stream, this);
        lock (_pending)
        {
            _hasEnded = true;
            if (!_isDelivering)
            {
                _over.TrySetResult();
            }
        }

        return _over.Task;
    }

    void IThreadPoolWorkItem.Execute() => _ = DeliverAllAsync();

    private async Task DeliverAllAsync()
    {
        while (TryTake(out var item, out var dropped))
        {
            if (dropped > 0)
            {
                Log.FellBehind(_provider.Silo.Logger, StreamId, dropped);
                await BringAsync(new(default!, null, new QueueCacheMissException($"{dropped} items of stream {StreamId} were dropped, as more than {_provider.PendingItemsLimit} waited.")));
            }

            await BringAsync(item);
        }
    }

    private bool TryTake(out Item item, out int dropped)
    {
        lock (_pending)
        {
            (item, dropped, _dropped) = (default, _dropped, 0);
            _isDelivering = !_hasEnded && _pending.TryDequeue(out item);
            if (_hasEnded)
            {
                _over.TrySetResult();
            }

            return _isDelivering;
        }
    }

    /// <summary>Delivers here, or in a turn of the grain that subscribed.</summary>
    private Task BringAsync(Item item)
    {
        if (_subscriber is null)
        {
            return DeliverAsync(item, null);
        }

        var delivery = new Delivery(this, item);
        _provider.Silo.Post(_subscriber.GrainId, _subscriber.Class, delivery);
        return delivery.Ended;
    }

    /// <summary>Gives the item to the observer, unless that went with an activation that has ended.</summary>
    private async Task DeliverAsync(Item item, Activation? activation)
    {
        try
        {
            var (observer, home) = _target;
            if (home == activation && !_hasEnded)
            {
                await (item.Error is null ? observer.OnNextAsync(item.Value, item.Token) : observer.OnErrorAsync(item.Error));
            }
        }
        catch (Exception exception)
        {
            Log.ObserverFailed(_provider.Silo.Logger, exception, StreamId);
        }
    }

    /// <summary>The observer and the activation that it is part of.</summary>
    private sealed record Target(IAsyncObserver<T> Observer, Activation? Activation);

    /// <summary>What waits for the observer: an item, or the news that items are missing.</summary>
    private readonly record struct Item(T Value, StreamSequenceToken? Token, Exception? Error);

    /// <summary>An item on its way to an observer inside a grain: a request like any other.</summary>
    private sealed class Delivery(Subscription<T> subscription, Item item) : Request
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public override async Task RunAsync(Activation activation)
        {
            await subscription.DeliverAsync(item, activation);
            _ended.TrySetResult();
        }

        public override void Reject(Exception exception) => _ended.TrySetResult();
    }
}
