using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>All viewers of this gateway: cuts off those whose send never ends, and ends all of them when the gateway drains.</summary>
/// <remarks>One sweep a second over all viewers instead of a timer for each: an idle viewer costs nothing here.</remarks>
internal sealed class ViewerRegistry(IOptions<ViewerOptions> options, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ViewerPump, byte> _viewers = [];

    /// <summary>How many viewers there are.</summary>
    public int Count => _viewers.Count;

    public void Add(ViewerPump viewer) => _viewers.TryAdd(viewer, 0);

    public void Remove(ViewerPump viewer) => _viewers.TryRemove(viewer, out _);

    /// <summary>Ends every viewer with a code.</summary>
    public void EndAll(CloseCode code)
    {
        foreach (var (viewer, _) in _viewers)
        {
            viewer.End(code);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SweepEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var (viewer, _) in _viewers)
            {
                if (viewer.IsStalled(options.Value.SendWithin))
                {
                    viewer.Kill();
                }
            }
        }
    }
}
