namespace OrleansRelay.Gateway.Hosting;

/// <summary>Waits between tries: doubled each time up to a longest one, half of each fixed and half random.</summary>
/// <remarks>The random half keeps those who lost the same silo from all coming back at one moment.</remarks>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, TimeProvider time)
{
    private TimeSpan _next = first;

    /// <summary>Waits for the next try.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var wait = _next / 2 + _next / 2 * Random.Shared.NextDouble();
        _next = _next * 2 < longest ? _next * 2 : longest;
        await Task.Delay(wait, time, cancellationToken);
    }
}
