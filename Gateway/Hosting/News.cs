using System.Threading.Channels;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>Wakes one loop: that there is something to do, not what. However often it is told before the loop looks, the loop runs once.</summary>
internal sealed class News
{
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>There is something to do.</summary>
    public void Tell() => _news.Writer.TryWrite(true);

    /// <summary>There will be nothing more; what was told before is still heard.</summary>
    public void End() => _news.Writer.TryComplete();

    /// <summary>Waits for news; <see cref="Take"/> it before doing what there is to do.</summary>
    /// <returns>False after the end.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _news.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>What is told from here on is news again. Not part of the wait, which then allocates nothing.</summary>
    public void Take() => _news.Reader.TryRead(out _);
}
