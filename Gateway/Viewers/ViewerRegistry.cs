using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>All viewers of this gateway: keeps their connections open, cuts off those whose send never ends or who don't answer, and ends all of them when the gateway drains.</summary>
/// <remarks>One sweep a second over all viewers instead of a timer for each: an idle viewer costs nothing here.</remarks>
internal sealed class ViewerRegistry(IOptions<ViewerOptions> options, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    /// <summary>500 viewers a second is far less than a gateway accepts, so these need no pacing.</summary>
    private const int SmallestBatch = 50;
    private static readonly TimeSpan BatchEvery = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<ViewerPump, IViewerTransport> _viewers = [];

    /// <summary>How many viewers there are.</summary>
    public int Count => _viewers.Count;

    public void Add(ViewerPump viewer, IViewerTransport transport) => _viewers.TryAdd(viewer, transport);

    public void Remove(ViewerPump viewer) => _viewers.TryRemove(viewer, out _);

    /// <summary>Ends every viewer, in equal batches over a time, each with a moment of its own to come back.</summary>
    /// <param name="within">Over how long. Fewer than 50 viewers for each tenth of a second end sooner.</param>
    /// <param name="ended">Called after each batch with how many have been ended so far.</param>
    /// <param name="cancellationToken">Ends the pacing: those left are ended at once.</param>
    public async Task EndAllAsync(TimeSpan within, Action<int> ended, CancellationToken cancellationToken)
    {
        var viewers = _viewers.Keys.ToArray();
        var batchSize = Math.Max(SmallestBatch, (int)Math.Ceiling(viewers.Length / Math.Max(1, within / BatchEvery)));
        var count = 0;
        foreach (var batch in viewers.Chunk(batchSize))
        {
            foreach (var viewer in batch)
            {
                viewer.End(CloseCode.RestartingSoon());
            }

            count += batch.Length;
            ended(count);
            if (count < viewers.Length && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(BatchEvery, time, cancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var startedAt = time.GetTimestamp();
        using var timer = new PeriodicTimer(SweepEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = time.GetElapsedTime(startedAt);
            foreach (var (viewer, transport) in _viewers)
            {
                if (viewer.IsStalled(options.Value.SendWithin) || !transport.Beat(now))
                {
                    viewer.Kill();
                }
            }
        }
    }
}
