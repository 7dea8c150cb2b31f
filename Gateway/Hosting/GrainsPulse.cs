using OrleansRelay.Directory;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>Knows whether the grains answer, by asking one of them now and then.</summary>
/// <remarks>
/// One grain lives on one silo. If readiness hung on a single call, the crash of that silo would make every gateway unready at the same
/// moment, for the seconds in which its grain moves. So only a silence that lasts counts.
/// </remarks>
internal sealed class GrainsPulse(IGrainFactory grains, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(2);

    /// <summary>Longer than a dead silo's grains take to move (2 s to notice, and a call's time-out), shorter than clients' patience.</summary>
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(10);

    private long _answeredAt;

    /// <summary>Whether they have answered lately.</summary>
    public bool IsBeating => Volatile.Read(ref _answeredAt) is > 0 and var at && time.GetElapsedTime(at) < SilentFor;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(AskEvery, time);
        do
        {
            try
            {
                await grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ListAsync().WaitAsync(stoppingToken);
                Volatile.Write(ref _answeredAt, time.GetTimestamp());
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Silence is what is looked for. A call that the cluster cancels is silence, too; let out of here it would stop the host.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
