using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <summary>The messages that a channel holds, oldest first, bounded by count, bytes and age.</summary>
/// <remarks>Pure logic: no clock, no engine. Offsets run without gaps, so a message's place in the ring follows from its offset.</remarks>
internal sealed class HistoryRing
{
    private readonly PayloadPacker _packer = new();
    private Message[] _ring = [];
    private int _start;

    /// <summary>The newest offset that was given out, held or not.</summary>
    public long Head { get; private set; }

    /// <summary>Messages held.</summary>
    public int Count { get; private set; }

    /// <summary>Payload bytes held.</summary>
    public long Bytes { get; private set; }

    /// <summary>The oldest offset held; <see cref="Head"/> + 1 when nothing is.</summary>
    public long FirstHeld => Head - Count + 1;

    /// <summary>Begins at a head with nothing held, as after a restart.</summary>
    public void StartAt(long head)
    {
        Clear();
        Head = head;
    }

    /// <summary>Adds a message at the next offset.</summary>
    public void Append(Message message)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_start + Count) % _ring.Length] = message with { Payload = _packer.Pack(message.Payload) };
        Count++;
        Head++;
        Bytes += message.Payload.Length;
    }

    /// <summary>Drops the oldest messages until the bounds hold.</summary>
    /// <param name="maxMessages">Most messages.</param>
    /// <param name="maxBytes">Most payload bytes.</param>
    /// <param name="notBefore">Messages published before it are dropped, in microseconds since 1970.</param>
    public void Trim(int maxMessages, long maxBytes, long notBefore)
    {
        while (Count > 0 && (Count > maxMessages || Bytes > maxBytes || _ring[_start].PublishedAt < notBefore))
        {
            DropOldest();
        }
    }

    /// <summary>Drops what is older than an offset.</summary>
    public void DropBefore(long offset)
    {
        while (Count > 0 && FirstHeld < offset)
        {
            DropOldest();
        }
    }

    /// <summary>Drops all messages. Offsets go on.</summary>
    public void Clear()
    {
        _ring = [];
        _packer.Reset();
        _start = 0;
        Count = 0;
        Bytes = 0;
    }

    /// <summary>Copies messages out, from an offset or the oldest one held after it, as many as the limits allow but at least one if there is one.</summary>
    public Message[] Read(long fromOffset, long toOffset, int maxMessages, long maxBytes, out long firstOffset)
    {
        firstOffset = Math.Max(fromOffset, FirstHeld);
        var available = (int)Math.Clamp(Math.Min(toOffset, Head) - firstOffset + 1, 0, maxMessages);
        var count = 0;
        for (long bytes = 0; count < available; count++)
        {
            bytes += At(firstOffset + count).Payload.Length;
            if (bytes > maxBytes && count > 0)
            {
                break;
            }
        }

        var messages = new Message[count];
        for (var index = 0; index < count; index++)
        {
            messages[index] = At(firstOffset + index);
        }

        return messages;
    }

    private ref readonly Message At(long offset) => ref _ring[(_start + (int)(offset - FirstHeld)) % _ring.Length];

    private void DropOldest()
    {
        Bytes -= _ring[_start].Payload.Length;
        _ring[_start] = default;
        _start = (_start + 1) % _ring.Length;
        Count--;
    }

    private void Grow()
    {
        var larger = new Message[Math.Max(16, _ring.Length * 2)];
        for (var index = 0; index < Count; index++)
        {
            larger[index] = _ring[(_start + index) % _ring.Length];
        }

        _ring = larger;
        _start = 0;
    }
}
