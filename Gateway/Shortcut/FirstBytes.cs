using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Shortcut;

/// <summary>Waits for the first bytes of connections, for a time and of so many at once: while there are any, one sweep a second ends the waits of all that took too long.</summary>
/// <remarks>Silent connections are bounded as the others are (<see cref="GatewayOptions.MaxConnections"/>), but apart from them: they can't take the place of one that speaks.</remarks>
internal sealed class FirstBytes : IDisposable
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly IOptions<GatewayOptions> _options;
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private readonly Lock _gate = new();
    private readonly HashSet<Wait> _waits = [];
    private readonly Dictionary<IPAddress, int> _byAddress = [];

    public FirstBytes(IOptions<GatewayOptions> options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _sweep = time.CreateTimer(static self => ((FirstBytes)self!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits until something has come or the client has gone.</summary>
    /// <returns>False when that took too long, or too many are waiting.</returns>
    /// <exception cref="SocketException">The connection is broken.</exception>
    public ValueTask<bool> WaitAsync(Socket socket)
    {
        var wait = new Wait(socket.CallerAddress(), _time.GetTimestamp());
        if (!TryAdd(wait))
        {
            return ValueTask.FromResult(false);
        }

        var reading = socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, CancellationToken.None);
        if (reading.IsCompletedSuccessfully)
        {
            Forget(wait);
            return ValueTask.FromResult(true);
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

    private bool TryAdd(Wait wait)
    {
        lock (_gate)
        {
            // A known proxy's address stands for many callers, of whom nothing is known yet.
            var options = _options.Value;
            var here = _byAddress.GetValueOrDefault(wait.Address);
            if (_waits.Count >= options.MaxConnections || (here >= options.MaxConnectionsPerAddress && options.KnownProxies.Length == 0))
            {
                return false;
            }

            _byAddress[wait.Address] = here + 1;
            if (_waits.Count == 0)
            {
                SweepSoon();
            }

            return _waits.Add(wait);
        }
    }

    private void Forget(Wait wait)
    {
        lock (_gate)
        {
            _waits.Remove(wait);
            if (--_byAddress[wait.Address] == 0)
            {
                _byAddress.Remove(wait.Address);
            }
        }
    }

    private sealed class Wait(IPAddress address, long beganAt) : TaskCompletionSource<bool>
    {
        public IPAddress Address => address;

        public long BeganAt => beganAt;
    }
}
