namespace OrleansRelay.Gateway.Streams;

/// <summary>One call for all who ask the same while another one is under way, so that a storm of newcomers costs its channel a call a round trip and not one each.</summary>
/// <remarks>Nobody gets an answer to a call that was made before it asked: it could be older than what it knows already.</remarks>
internal sealed class SharedCall<T>(Func<Task<T>> call)
{
    private readonly Lock _gate = new();
    private Task<T>? _current;
    private Task<T>? _next;

    /// <summary>Asks, now or as soon as the call that is under way has been answered.</summary>
    public Task<T> AskAsync()
    {
        lock (_gate)
        {
            if (_next is not null)
            {
                return _next;
            }

            return _current is { IsCompleted: false } current ? _next = AskAfterAsync(current) : _current = call();
        }
    }

    private async Task<T> AskAfterAsync(Task former)
    {
        await former.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task<T> current;
        lock (_gate)
        {
            _next = null;
            _current = current = call();
        }

        return await current;
    }
}
