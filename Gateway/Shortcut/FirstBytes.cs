using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Shortcut;

/// <summary>Waits for the first bytes of connections, and not for ever: while somebody waits, one sweep a second ends the waits of all that took too long.</summary>
internal sealed class FirstBytes : IDisposable
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly IOptions<GatewayOptions> _options;
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private readonly Lock _gate = new();
    private readonly HashSet<Wait> _waits = [];

    public FirstBytes(IOptions<GatewayOptions> options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _sweep = time.CreateTimer(static self => ((FirstBytes)self!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits until something has come or the client has gone.</summary>
    /// <returns>False when that took too long. The read of nothing that waits ends before any other then.</returns>
    /// <exception cref="SocketException">The connection is broken.</exception>
    public ValueTask<bool> WaitAsync(Socket socket)
    {
        var reading = socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, CancellationToken.None);
        if (reading.IsCompletedSuccessfully)
        {
            return ValueTask.FromResult(true);
        }

        var wait = new Wait(_time.GetTimestamp());
        lock (_gate)
        {
            if (_waits.Count == 0)
            {
                SweepSoon();
            }

            _waits.Add(wait);
        }

        _ = EndAsync(wait, reading);
        return new ValueTask<bool>(wait.Task);
    }

    /// <inheritdoc/>
    public void Dispose() => _sweep.Dispose();

    private void SweepSoon() => _sweep.Change(SweepEvery, Timeout.InfiniteTimeSpan);

    private void Sweep()
    {
        Wait[] late;
        lock (_gate)
        {
            late = [.. _waits.Where(wait => _time.GetElapsedTime(wait.BeganAt) > _options.Value.HandshakeWithin)];
            if (_waits.Count > 0)
            {
                SweepSoon();
            }
        }

        foreach (var wait in late)
        {
            wait.TrySetResult(false);
        }
    }

    private async Task EndAsync(Wait wait, ValueTask<int> reading)
    {
        try
        {
            await reading;
            Forget(wait);
            wait.TrySetResult(true);
        }
        catch (Exception exception)
        {
            Forget(wait);
            wait.TrySetException(exception);
        }
    }

    private void Forget(Wait wait)
    {
        lock (_gate)
        {
            _waits.Remove(wait);
        }
    }

    private sealed class Wait(long beganAt) : TaskCompletionSource<bool>
    {
        public long BeganAt => beganAt;
    }
}
