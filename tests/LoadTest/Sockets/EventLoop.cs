using System.Diagnostics;

namespace OrleansRelay.LoadTest.Sockets;

/// <summary>All sockets of the run on one thread: wait, read what is ready, let the due work run, again.</summary>
/// <remarks>
/// <code>
///   due work ──▶ wait for sockets, at most until the next work is due ──▶ each ready connection reads once ──▶ due work
/// </code>
/// One thread means that nothing in the load tester needs a lock, and that its own load is one number: the share of time not spent waiting.
/// </remarks>
internal sealed class EventLoop : IDisposable
{
    private static readonly double SecondsPerTick = 1.0 / Stopwatch.Frequency;

    private readonly IReadiness _readiness;
    private readonly List<LoadConnection?> _connections = [];
    private readonly Stack<int> _free = [];
    private byte[] _buffer = new byte[512 * 1024];

    public EventLoop(IReadiness? readiness = null) => _readiness = readiness ?? (OperatingSystem.IsLinux() ? new EpollReadiness() : new SelectReadiness());

    /// <summary>What is to be done between waits: gets the time, answers when it wants to be called again.</summary>
    public Func<long, long> Work { get; set; } = _ => long.MaxValue;

    /// <summary>Ticks not spent waiting, since the start.</summary>
    public long BusyTicks { get; private set; }

    /// <summary>The run's clock.</summary>
    public static long Now => Stopwatch.GetTimestamp();

    /// <summary>Ticks of a time.</summary>
    public static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Seconds of ticks.</summary>
    public static double Seconds(long ticks) => ticks * SecondsPerTick;

    /// <summary>Runs until something is so.</summary>
    /// <returns>False when the time was over first.</returns>
    public bool RunUntil(Func<bool> isReached, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var until = Now + Ticks(atMost);
        while (!isReached())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Now >= until)
            {
                return false;
            }

            Turn(until);
        }

        return true;
    }

    /// <summary>Runs for a time.</summary>
    public void RunFor(TimeSpan time, CancellationToken cancellationToken) => RunUntil(() => false, time, cancellationToken);

    /// <summary>Watches a connection.</summary>
    public void Add(LoadConnection connection, Ready interest)
    {
        if (!_free.TryPop(out var number))
        {
            number = _connections.Count;
            _connections.Add(null);
        }

        _connections[number] = connection;
        connection.Number = number;
        _readiness.Add(number, connection.Socket, interest);
    }

    /// <summary>Watches it for something else.</summary>
    public void Change(LoadConnection connection, Ready interest) => _readiness.Change(connection.Number, connection.Socket, interest);

    /// <summary>Watches it no more.</summary>
    public void Remove(LoadConnection connection)
    {
        _readiness.Remove(connection.Number, connection.Socket);
        _connections[connection.Number] = null;
        _free.Push(connection.Number);
    }

    /// <summary>The read buffer that all connections share, at least so large; what was in it stays.</summary>
    public byte[] Buffer(int bytes)
    {
        if (bytes > _buffer.Length)
        {
            Array.Resize(ref _buffer, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)bytes));
        }

        return _buffer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var connection in _connections.ToArray())
        {
            connection?.Dispose();
        }

        _readiness.Dispose();
    }

    private void Turn(long until)
    {
        var startedAt = Now;
        var due = Math.Min(until, Work(startedAt));
        var waitsFrom = Now;
        var ready = _readiness.Wait(TimeSpan.FromSeconds(Math.Clamp(Seconds(due - waitsFrom), 0, 0.1)));
        var woke = Now;
        foreach (var (number, what) in ready)
        {
            // Null when an earlier one of this round closed it.
            _connections[number]?.OnReady(what);
        }

        BusyTicks += waitsFrom - startedAt + (Now - woke);
    }
}
