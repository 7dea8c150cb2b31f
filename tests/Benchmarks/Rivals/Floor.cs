using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using OrleansRelay.Gateway.Wire;
using OrleansRelay.LoadTest.Sockets;

namespace OrleansRelay.Benchmarks.Rivals;

/// <summary>The least that a relay can do: own listener, each message framed once into its channel's log, one non-blocking send a viewer of all that is pending.</summary>
/// <remarks>
/// One thread over epoll. No limits, no pings, no close, no history, no slow viewers, no TLS: what a relay costs above this program is
/// the price of being one. Its addresses are the relay's, so the load tester drives both alike. Linux only.
/// </remarks>
internal sealed class Floor : IDisposable
{
    private readonly EpollReadiness _readiness = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Dictionary<int, FloorConnection> _connections = [];
    private readonly Dictionary<string, FloorChannel> _channels = [];
    private readonly HashSet<FloorChannel> _dirty = [];
    private readonly byte[] _buffer = new byte[512 * 1024];
    private int _lastNumber;

    public static int Run(int port, CancellationToken cancellationToken)
    {
        using var floor = new Floor();
        floor.Serve(port, cancellationToken);
        return 0;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _readiness.Dispose();
    }

    private void Serve(int port, CancellationToken cancellationToken)
    {
        _listener.Blocking = false;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(4096);
        _readiness.Add(0, _listener, Ready.Read);
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var (number, ready) in _readiness.Wait(TimeSpan.FromMilliseconds(200)))
            {
                if (number == 0)
                {
                    Accept();
                }
                else if (_connections.TryGetValue(number, out var connection))
                {
                    Serve(connection, ready);
                }
            }

            foreach (var channel in _dirty)
            {
                FanOut(channel);
            }

            _dirty.Clear();
        }
    }

    private void Accept()
    {
        var socket = _listener.Accept();
        socket.Blocking = false;
        socket.NoDelay = true;
        var connection = new FloorConnection(++_lastNumber, socket);
        _connections.Add(connection.Number, connection);
        _readiness.Add(connection.Number, socket, Ready.Read);
    }

    private void Serve(FloorConnection connection, Ready ready)
    {
        if ((ready & Ready.Write) != 0 && connection.Channel is { } channel)
        {
            _readiness.Change(connection.Number, connection.Socket, Ready.Read);
            connection.IsFull = false;
            Send(channel, connection);
        }

        if ((ready & (Ready.Read | Ready.Gone)) == 0)
        {
            return;
        }

        connection.Kept.CopyTo(_buffer, 0);
        var received = connection.Socket.Receive(_buffer.AsSpan(connection.Kept.Length), SocketFlags.None, out var error);
        if (received <= 0)
        {
            if (error != SocketError.WouldBlock)
            {
                Drop(connection);
            }

            return;
        }

        var bytes = _buffer.AsSpan(0, connection.Kept.Length + received);
        var used = connection.Channel is null ? Open(connection, bytes) : 0;
        while (connection.IsPublisher && ReceivedFrame.TryRead(bytes[used..], out var frame) && frame.Bytes <= bytes.Length - used)
        {
            connection.Channel!.Append(bytes.Slice(used + frame.HeaderBytes, (int)frame.PayloadBytes), frame);
            _dirty.Add(connection.Channel);
            used += (int)frame.Bytes;
        }

        // A viewer's frames (it only ever says goodbye) are nobody's.
        connection.Kept = connection.IsPublisher || connection.Channel is null ? bytes[used..].ToArray() : [];
    }

    private int Open(FloorConnection connection, ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return 0;
        }

        var lines = Encoding.ASCII.GetString(bytes[..end]).Split("\r\n");
        var key = lines.Single(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase))["Sec-WebSocket-Key:".Length..].Trim();
#pragma warning disable CA5350 // The protocol says SHA-1.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        connection.Socket.Send(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        var path = lines[0].Split(' ')[1].Split('?')[0];
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (!_channels.TryGetValue(name, out var channel))
        {
            _channels.Add(name, channel = new FloorChannel());
        }

        connection.Channel = channel;
        connection.IsPublisher = path.StartsWith("/streamer/", StringComparison.Ordinal);
        if (!connection.IsPublisher)
        {
            connection.Cursor = channel.End;
            channel.Viewers.Add(connection);
        }

        return end + 4;
    }

    private void FanOut(FloorChannel channel)
    {
        for (var index = channel.Viewers.Count - 1; index >= 0; index--)
        {
            if (!channel.Viewers[index].IsFull)
            {
                Send(channel, channel.Viewers[index]);
            }
        }
    }

    private void Send(FloorChannel channel, FloorConnection viewer)
    {
        var pending = channel.From(viewer.Cursor);
        if (pending.Length == 0)
        {
            return;
        }

        var sent = viewer.Socket.Send(pending, SocketFlags.None, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            Drop(viewer);
            return;
        }

        viewer.Cursor += Math.Max(0, sent);
        if (sent < pending.Length)
        {
            viewer.IsFull = true;
            _readiness.Change(viewer.Number, viewer.Socket, Ready.Read | Ready.Write);
        }
    }

    private void Drop(FloorConnection connection)
    {
        _readiness.Remove(connection.Number, connection.Socket);
        _connections.Remove(connection.Number);
        connection.Channel?.Viewers.Remove(connection);
        connection.Socket.Dispose();
    }
}
