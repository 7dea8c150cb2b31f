using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Streams;
using OrleansRelay.Gateway.Viewers;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>Ends the gateway's connections properly when the process is told to stop.</summary>
/// <remarks>
/// It runs before anything of the host stops, so grains still take what publishers have sent: publishers first (what they sent is
/// stored and acknowledged), then viewers (they have been given it) in paced batches, then the leases.
/// </remarks>
internal sealed partial class GatewayDrain(
    ViewerRegistry viewers, ConnectionLimits connections, ChannelFeeds feeds, ChannelPresences presences, GatewayMetrics metrics, IOptions<GatewayOptions> options, TimeProvider time, ILogger<GatewayDrain> logger)
    : IHostedLifecycleService
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when connections begin to be closed, and new ones to be refused.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Whether the gateway should get no new connections; those that come all the same are served until <see cref="Begun"/>.</summary>
    public bool IsDraining { get; private set; }

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var settings = options.Value;
        IsDraining = true;
        Log.NotReady(logger, settings.DrainDelay);
        await Task.Delay(settings.DrainDelay, time, cancellationToken);

        Log.Begun(logger, connections.Publishers, viewers.Count);
        _begun.TrySetResult();
        using var late = new CancellationTokenSource(settings.DrainWithin, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await connections.PublishersGone.WaitAsync(deadline.Token);
            await feeds.CatchUpAsync(deadline.Token);
            await EndViewersAsync(settings.DrainWithin * 0.8, deadline.Token);
            await connections.AllGone.WaitAsync(deadline.Token);
            await presences.LeaveAsync(deadline.Token);
            Log.Done(logger);
        }
        catch (OperationCanceledException)
        {
            await viewers.EndAllAsync(TimeSpan.Zero, _ => { }, CancellationToken.None);
            Log.CutShort(logger, connections.Count);
            metrics.DrainForced(connections.Count);
        }
    }

    private async Task EndViewersAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        var (total, told) = (viewers.Count, 0);
        metrics.DrainRemains(total);
        await viewers.EndAllAsync(
            within,
            ended =>
            {
                Log.Progress(logger, ended, total);
                metrics.DrainRemains(told - ended);
                told = ended;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Draining {Publishers} publishers and {Viewers} viewers.", EventName = "DrainBegun")]
        public static partial void Begun(ILogger logger, int publishers, int viewers);

        [LoggerMessage(4, LogLevel.Information, "Not ready any more; still serving for {Delay} until load balancers have noticed.", EventName = "DrainNotReady")]
        public static partial void NotReady(ILogger logger, TimeSpan delay);

        [LoggerMessage(5, LogLevel.Information, "Drained {Ended} of {Viewers} viewers.", EventName = "DrainProgress")]
        public static partial void Progress(ILogger logger, int ended, int viewers);

        [LoggerMessage(2, LogLevel.Information, "Drained: every connection was closed properly.", EventName = "DrainDone")]
        public static partial void Done(ILogger logger);

        [LoggerMessage(3, LogLevel.Warning, "The drain ran out of time with {Connections} connections open; they are cut off.", EventName = "DrainCutShort")]
        public static partial void CutShort(ILogger logger, int connections);
    }
}
