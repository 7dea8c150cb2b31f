using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>All viewers of this gateway: keeps their connections open, cuts off those whose send never ends or who don't answer, and ends all of them when the gateway drains.</summary>
/// <remarks>
/// A sweep a second instead of a timer for each viewer. It looks at one part of them: with the default settings at a fifteenth, so that each is looked at
/// every 15 s, which is the shortest of its times. A look at an idle viewer has little to do, but must fetch four objects that nothing else has used
/// lately: 0.5 µs.
/// </remarks>
internal sealed class ViewerRegistry(IOptions<ViewerOptions> options, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    /// <summary>500 viewers a second is far less than a gateway accepts, so these need no pacing.</summary>
    private const int SmallestBatch = 50;
    private static readonly TimeSpan BatchEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>In how many parts the viewers are looked at, at most.</summary>
    private const int Parts = 15;

    private readonly ConcurrentDictionary<ViewerPump, IViewerTransport>[] _parts = [.. Enumerable.Range(0, Parts).Select(_ => new ConcurrentDictionary<ViewerPump, IViewerTransport>())];

    /// <summary>How many viewers there are.</summary>
    public int Count => _parts.Sum(part => part.Count);

    public void Add(ViewerPump viewer, IViewerTransport transport) => PartOf(viewer).TryAdd(viewer, transport);

    public void Remove(ViewerPump viewer) => PartOf(viewer).TryRemove(viewer, out _);

    /// <summary>Ends every viewer, in equal batches over a time, each with a moment of its own to come back.</summary>
    /// <param name="within">Over how long. Fewer than 50 viewers for each tenth of a second end sooner.</param>
    /// <param name="ended">Called after each batch with how many have been ended so far.</param>
    /// <param name="cancellationToken">Ends the pacing: those left are ended at once.</param>
    public async Task EndAllAsync(TimeSpan within, Action<int> ended, CancellationToken cancellationToken)
    {
        var viewers = _parts.SelectMany(part => part.Keys).ToArray();
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
        var sweepsOfAll = SweepsOfAll(options.Value);
        using var timer = new PeriodicTimer(SweepEvery, time);
        for (var sweep = 0; await timer.WaitForNextTickAsync(stoppingToken); sweep++)
        {
            // Whole seconds: a sweep that comes a moment early must not put off what is due to the next look.
            var now = TimeSpan.FromSeconds(Math.Round(time.GetElapsedTime(startedAt) / SweepEvery));
            for (var part = sweep % sweepsOfAll; part < Parts; part += sweepsOfAll)
            {
                Look(_parts[part], now, now + (SweepEvery * sweepsOfAll));
            }
        }
    }

    /// <summary>After how many sweeps every viewer has been looked at: as many as the shortest of its times has seconds.</summary>
    private static int SweepsOfAll(ViewerOptions options)
    {
        var shortest = new[] { options.PingEvery, options.PongWithin, options.SendWithin }.Min();
        return Math.Clamp((int)(shortest / SweepEvery), 1, Parts);
    }

    private void Look(ConcurrentDictionary<ViewerPump, IViewerTransport> viewers, TimeSpan now, TimeSpan next)
    {
        foreach (var (viewer, transport) in viewers)
        {
            if (viewer.IsStalled(options.Value.SendWithin) || !transport.Beat(now, next))
            {
                viewer.Kill();
            }
        }
    }

    private ConcurrentDictionary<ViewerPump, IViewerTransport> PartOf(ViewerPump viewer) => _parts[(uint)viewer.GetHashCode() % Parts];
}
