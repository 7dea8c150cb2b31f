using System.Net;
using System.Net.Sockets;

namespace OrleansRelay.Chaos.Processes;

/// <summary>A small TCP load balancer: each connection goes to the next gateway that is ready, and stays there.</summary>
internal sealed class RoundRobinBalancer : IAsyncDisposable
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(500);

    private readonly IReadOnlyList<RelayProcess> _gateways;
    private readonly TimeProvider _time;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Task> _connections = [];
    private readonly Lock _gate = new();
    private RelayProcess[] _ready;
    private Task _loops = Task.CompletedTask;
    private int _next;

    public RoundRobinBalancer(int port, IReadOnlyList<RelayProcess> gateways, TimeProvider time)
    {
        (_gateways, _time, _ready) = (gateways, time, [.. gateways]);
        _listener = new TcpListener(IPAddress.Loopback, port);
    }

    /// <summary>Listens.</summary>
    public void Start()
    {
        _listener.Start();
        _loops = Task.WhenAll(AcceptAsync(), WatchAsync());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loops;
        Task[] connections;
        lock (_gate)
        {
            connections = [.. _connections];
        }

        await Task.WhenAll(connections);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var answers = await Task.WhenAll(_gateways.Select(gateway => gateway.IsReadyAsync(_stop.Token)));
                _ready = [.. _gateways.Where((_, index) => answers[index])];
                await Task.Delay(AskEvery, _time, _stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync(_stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            var connection = ServeAsync(client);
            lock (_gate)
            {
                _connections.RemoveWhere(task => task.IsCompleted);
                _connections.Add(connection);
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var own = client;
        using var gateway = await ConnectAsync();
        if (gateway is null)
        {
            return;
        }

        // One direction's end is passed on; the connection is over when both have ended or either broke.
        await Task.WhenAll(CopyAsync(client, gateway), CopyAsync(gateway, client));
    }

    private async Task<Socket?> ConnectAsync()
    {
        var ready = _ready;
        for (var tries = 0; tries < ready.Length; tries++)
        {
            var address = ready[(int)((uint)Interlocked.Increment(ref _next) % (uint)ready.Length)].Address;
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, address.Port, _stop.Token);
                return socket;
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                socket.Dispose();
            }
        }

        return null;
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is var count and > 0)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // A connection that broke on one side breaks on the other.
            from.Close();
            to.Close();
        }
    }
}
