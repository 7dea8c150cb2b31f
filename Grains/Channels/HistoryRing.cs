using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <summary>The messages that a channel holds, oldest first, bounded by count, bytes and age.</summary>
/// <remarks>
/// Pure logic: no clock, no Orleans. Offsets run without gaps, so a message's place in the ring follows from its offset. Neither the ring nor
/// the blocks hold an object for a message; what is read is copied out.
/// </remarks>
internal sealed class HistoryRing
{
    /// <summary>Small payloads of a page that is read share an array up to this size.</summary>
    private const int SharedArrayBytes = 32 * 1024;

    private readonly PayloadBlocks _payloads = new();
    private Held[] _ring = [];
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
    public void Append(in Message message)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }

        var place = _payloads.Append(message.Payload.Span);
        _ring[(_start + Count) % _ring.Length] = new Held(place, message.Payload.Length, message.Kind, message.PublishedAt, message.Sender);
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

        FreePayloads();
    }

    /// <summary>Drops what is older than an offset.</summary>
    public void DropBefore(long offset)
    {
        while (Count > 0 && FirstHeld < offset)
        {
            DropOldest();
        }

        FreePayloads();
    }

    /// <summary>Drops all messages. Offsets go on.</summary>
    public void Clear()
    {
        _ring = [];
        _payloads.Clear();
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
        long bytes = 0;
        for (; count < available; count++)
        {
            var length = At(firstOffset + count).Length;
            if (bytes + length > maxBytes && count > 0)
            {
                break;
            }

            bytes += length;
        }

        var messages = new Message[count];
        Memory<byte> free = default;
        for (var index = 0; index < count; index++)
        {
            ref readonly var held = ref At(firstOffset + index);
            if (held.Length > free.Length)
            {
                free = GC.AllocateUninitializedArray<byte>((int)Math.Max(held.Length, Math.Min(bytes, SharedArrayBytes)));
            }

            _payloads.CopyTo(held.Place, free.Span[..held.Length]);
            messages[index] = new Message { Payload = free[..held.Length], Kind = held.Kind, PublishedAt = held.PublishedAt, Sender = held.Sender };
            free = free[held.Length..];
            bytes -= held.Length;
        }

        return messages;
    }

    private ref readonly Held At(long offset) => ref _ring[(_start + (int)(offset - FirstHeld)) % _ring.Length];

    private void DropOldest()
    {
        Bytes -= _ring[_start].Length;
        _start = (_start + 1) % _ring.Length;
        Count--;
    }

    private void FreePayloads()
    {
        if (Count > 0)
        {
            _payloads.DropBefore(_ring[_start].Place);
        }
        else
        {
            _payloads.Clear();
        }
    }

    private void Grow()
    {
        var larger = new Held[Math.Max(16, _ring.Length * 2)];
        for (var index = 0; index < Count; index++)
        {
            larger[index] = _ring[(_start + index) % _ring.Length];
        }

        _ring = larger;
        _start = 0;
    }

    private readonly record struct Held(PayloadBlocks.Place Place, int Length, MessageKind Kind, long PublishedAt, long Sender);
}
