using System.Net.Sockets;

namespace OrleansRelay.LoadTest.Sockets;

/// <summary>The fallback for systems without epoll: right, and slow with many sockets, because each wait asks about all of them.</summary>
internal sealed class SelectReadiness : IReadiness
{
    private readonly Dictionary<Socket, (int Number, Ready Interest)> _sockets = [];
    private readonly Dictionary<int, Ready> _found = [];
    private (int, Ready)[] _ready = new (int, Ready)[64];

    /// <inheritdoc/>
    public void Add(int number, Socket socket, Ready interest) => _sockets.Add(socket, (number, interest));

    /// <inheritdoc/>
    public void Change(int number, Socket socket, Ready interest) => _sockets[socket] = (number, interest);

    /// <inheritdoc/>
    public void Remove(int number, Socket socket) => _sockets.Remove(socket);

    /// <inheritdoc/>
    public ReadOnlySpan<(int Number, Ready Ready)> Wait(TimeSpan atMost)
    {
        List<Socket> read = [], write = [], gone = [];
        foreach (var (socket, (_, interest)) in _sockets)
        {
            if (interest.HasFlag(Ready.Read))
            {
                read.Add(socket);
            }

            if (interest.HasFlag(Ready.Write))
            {
                write.Add(socket);
                gone.Add(socket);
            }
        }

        if (read.Count + write.Count == 0)
        {
            // Nothing is connected: there is nothing to wait for.
            return default;
        }

        Socket.Select(read, write, gone, atMost < TimeSpan.Zero ? TimeSpan.Zero : atMost);
        _found.Clear();
        Note(read, Ready.Read);
        Note(write, Ready.Write);
        Note(gone, Ready.Gone);
        Array.Resize(ref _ready, Math.Max(_ready.Length, _found.Count));
        var count = 0;
        foreach (var (number, ready) in _found)
        {
            _ready[count++] = (number, ready);
        }

        return _ready.AsSpan(0, count);
    }

    /// <inheritdoc/>
    public void Dispose() => _sockets.Clear();

    private void Note(List<Socket> sockets, Ready ready)
    {
        foreach (var socket in sockets)
        {
            var number = _sockets[socket].Number;
            _found[number] = _found.GetValueOrDefault(number) | ready;
        }
    }
}
