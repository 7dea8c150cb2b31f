using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Benchmarks.Rivals;

/// <summary>A channel's log of framed bytes; the oldest half goes when it is full, with the viewers that still needed it.</summary>
internal sealed class FloorChannel
{
    private const int Capacity = 8 << 20;

    private byte[] _log = new byte[64 * 1024];
    private long _begin;
    private int _length;

    /// <summary>Its viewers.</summary>
    public List<FloorConnection> Viewers { get; } = [];

    /// <summary>All bytes ever appended.</summary>
    public long End => _begin + _length;

    /// <summary>Frames a published message.</summary>
    public void Append(ReadOnlySpan<byte> payload, ReceivedFrame frame)
    {
        var needed = WebSocketFrame.HeaderBytes(payload.Length) + payload.Length;
        while (_length + needed > _log.Length)
        {
            if (_log.Length < Capacity)
            {
                Array.Resize(ref _log, _log.Length * 2);
            }
            else
            {
                var dropped = _length / 2;
                _log.AsSpan(dropped, _length - dropped).CopyTo(_log);
                (_begin, _length) = (_begin + dropped, _length - dropped);
            }
        }

        var target = _log.AsSpan(_length, needed);
        var header = WebSocketFrame.WriteHeader(target, frame.Kind, payload.Length);
        frame.Unmask(payload, target[header..]);
        _length += needed;
    }

    /// <summary>What a viewer doesn't have yet.</summary>
    public ReadOnlySpan<byte> From(long cursor) => cursor < _begin
        ? throw new InvalidOperationException("A viewer fell behind further than the log reaches: the floor program has no answer to that.")
        : _log.AsSpan((int)(cursor - _begin), (int)(End - cursor));
}
