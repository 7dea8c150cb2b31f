using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Streams;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>Ends the gateway's connections properly when the process is told to stop.</summary>
/// <remarks>
/// It runs before anything of the host stops, so grains still take what publishers have sent: publishers first (what they sent is
/// stored and acknowledged), then viewers (they have been given it), then the leases.
/// </remarks>
internal sealed partial class GatewayDrain(
    ViewerRegistry viewers, ConnectionLimits connections, ChannelPresences presences, IOptions<GatewayOptions> options, ILogger<GatewayDrain> logger)
    : IHostedLifecycleService
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when draining begins.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Whether new connections are refused.</summary>
    public bool IsDraining => _begun.Task.IsCompleted;

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Log.Begun(logger, connections.Publishers, viewers.Count);
        _begun.TrySetResult();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(options.Value.DrainWithin);
        try
        {
            await connections.PublishersGone.WaitAsync(deadline.Token);
            viewers.EndAll(CloseCode.Restarting);
            await connections.AllGone.WaitAsync(deadline.Token);
            await presences.LeaveAsync(deadline.Token);
            Log.Done(logger);
        }
        catch (OperationCanceledException)
        {
            viewers.EndAll(CloseCode.Restarting);
            Log.CutShort(logger, connections.Count);
        }
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

        [LoggerMessage(2, LogLevel.Information, "Drained: every connection was closed properly.", EventName = "DrainDone")]
        public static partial void Done(ILogger logger);

        [LoggerMessage(3, LogLevel.Warning, "The drain ran out of time with {Connections} connections open; they are cut off.", EventName = "DrainCutShort")]
        public static partial void CutShort(ILogger logger, int connections);
    }
}
