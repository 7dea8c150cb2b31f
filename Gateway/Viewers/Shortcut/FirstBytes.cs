using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Viewers.Shortcut;

/// <summary>Waits for the first bytes of connections, and not for ever: one sweep a second ends the waits of all that took too long.</summary>
internal sealed class FirstBytes(IOptions<GatewayOptions> options, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<PipeReader, long> _waits = [];

    /// <summary>Reads; a read that took too long comes back cancelled.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadResult> ReadAsync(PipeReader input)
    {
        var reading = input.ReadAsync(CancellationToken.None);
        if (reading.IsCompleted)
        {
            return await reading;
        }

        lock (_gate)
        {
            _waits.Add(input, time.GetTimestamp());
        }

        try
        {
            return await reading;
        }
        finally
        {
            lock (_gate)
            {
                _waits.Remove(input);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SweepEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            lock (_gate)
            {
                // Under the lock: once a wait is over its reader is not touched any more.
                foreach (var (input, _) in _waits.Where(wait => time.GetElapsedTime(wait.Value) > options.Value.HandshakeWithin).ToArray())
                {
                    input.CancelPendingRead();
                }
            }
        }
    }
}
