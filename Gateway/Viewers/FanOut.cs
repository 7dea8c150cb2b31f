using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>Signals an audience: beside whoever appends where that takes long, so that what is appended meanwhile leaves with the sends that are still to come.</summary>
/// <remarks>
/// A thousand sends take some milliseconds. Were nothing appended in that time, the first message of a burst would have its thousand sends
/// and the other 63 theirs. Measured on one core, flat out, 1,000 viewers x 64 B: a send carried 23 to 40 messages before, 52 to 58 with it.
/// </remarks>
internal sealed class FanOut : IAsyncDisposable
{
    /// <summary>Up to here, handing over costs more than the sends' time is worth: half a millisecond of one thread.</summary>
    private const int FewViewers = 128;

    private readonly News _news = new();
    private readonly Audience _audience;
    private readonly Task _loop;

    public FanOut(Audience audience)
    {
        _audience = audience;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Has every viewer send what there is, now or soon.</summary>
    public void Run()
    {
        if (_audience.Count <= FewViewers)
        {
            _audience.Signal();
        }
        else
        {
            _news.Tell();
        }
    }

    /// <summary>Ends after a last signal.</summary>
    public ValueTask DisposeAsync()
    {
        _news.End();
        return new ValueTask(_loop);
    }

    private async Task RunAsync()
    {
        while (await _news.WaitAsync(CancellationToken.None))
        {
            _news.Take();
            _audience.Signal();
        }
    }
}
