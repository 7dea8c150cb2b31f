using System.Net;
using Microsoft.Extensions.Options;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>What a long-lived connection is for.</summary>
internal enum ConnectionRole
{
    /// <summary>It receives.</summary>
    Viewer,

    /// <summary>It sends, or does both.</summary>
    Publisher,
}

/// <summary>Counts the gateway's long-lived connections, refuses those above a limit, and tells when all are gone.</summary>
internal sealed class ConnectionLimits(IOptions<GatewayOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private readonly List<(Func<bool> IsReached, TaskCompletionSource Reached)> _waits = [];

    /// <summary>All connections.</summary>
    public int Count { get; private set; }

    /// <summary>Those that publish.</summary>
    public int Publishers { get; private set; }

    /// <summary>All connections since the start.</summary>
    public long Total { get; private set; }

    /// <summary>Completes when no publisher is left.</summary>
    public Task PublishersGone => When(() => Publishers == 0);

    /// <summary>Completes when nobody is left.</summary>
    public Task AllGone => When(() => Count == 0);

    /// <summary>Counts a connection in.</summary>
    /// <returns>Null with the reason, when there are too many.</returns>
    public IDisposable? TryEnter(IPAddress address, ConnectionRole role, out string error)
    {
        lock (_gate)
        {
            var here = _byAddress.GetValueOrDefault(address);
            error = Count >= options.Value.MaxConnections ? $"This gateway has its {options.Value.MaxConnections} connections."
                : here >= options.Value.MaxConnectionsPerAddress ? $"Your address has its {options.Value.MaxConnectionsPerAddress} connections."
                : "";
            if (error.Length > 0)
            {
                return null;
            }

            _byAddress[address] = here + 1;
            Count++;
            Total++;
            Publishers += role == ConnectionRole.Publisher ? 1 : 0;
        }

        return new Entered(this, address, role);
    }

    private void Leave(IPAddress address, ConnectionRole role)
    {
        lock (_gate)
        {
            if (--_byAddress[address] == 0)
            {
                _byAddress.Remove(address);
            }

            Count--;
            Publishers -= role == ConnectionRole.Publisher ? 1 : 0;
            foreach (var (_, reached) in _waits.Where(wait => wait.IsReached()))
            {
                reached.TrySetResult();
            }
        }
    }

    private Task When(Func<bool> isReached)
    {
        lock (_gate)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((isReached, reached));
            if (isReached())
            {
                reached.TrySetResult();
            }

            return reached.Task;
        }
    }

    private sealed class Entered(ConnectionLimits limits, IPAddress address, ConnectionRole role) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                limits.Leave(address, role);
            }
        }
    }
}
