using System.Numerics;

namespace OrleansRelay.Grains.Channels;

/// <summary>The payloads of a history, one after another in blocks that are written again once all that was in them is dropped.</summary>
/// <remarks>
/// A message is held for seconds or minutes and dropped then: as an object of its own it would be marked, moved and given up by the garbage
/// collector while every message waits. Blocks stay. What is read is copied out, so that nobody else sees one. Measured against small payloads
/// packed into arrays of 32 KiB and large ones held as they came: 5 % less CPU for 80 KiB video to 50 viewers, 3 % for 200 channels x 5 viewers.
/// </remarks>
internal sealed class PayloadBlocks
{
    /// <summary>A block is a quarter of what is held, within these bounds: most channels are quiet, and many blocks would be no better than many payloads.</summary>
    private const int SmallestBlockBytes = 1024;
    private const int LargestBlockBytes = 64 * 1024;
    private const int PartOfHeld = 4;

    private readonly List<byte[]> _blocks = [];

    /// <summary>Blocks that wait to be written again: a quarter of the others, so that a batch that is stored before as much is dropped finds enough.</summary>
    private readonly Stack<byte[]> _spares = [];

    /// <summary>The number of the first block. Numbers are never used again.</summary>
    private long _first;

    /// <summary>How much of the last block is written.</summary>
    private int _end;

    /// <summary>The length of all blocks but the spare ones.</summary>
    private long _blockBytes;

    private int Room => _blocks.Count == 0 ? 0 : _blocks[^1].Length - _end;

    /// <summary>Appends a payload.</summary>
    /// <returns>Where it begins.</returns>
    public Place Append(ReadOnlySpan<byte> payload)
    {
        if (Room == 0)
        {
            AddBlock(payload.Length);
        }

        var place = new Place(_first + _blocks.Count - 1, _end);
        while (true)
        {
            var part = payload[..Math.Min(Room, payload.Length)];
            part.CopyTo(_blocks[^1].AsSpan(_end));
            _end += part.Length;
            payload = payload[part.Length..];
            if (payload.IsEmpty)
            {
                return place;
            }

            AddBlock(payload.Length);
        }
    }

    /// <summary>Copies out the bytes from a place on.</summary>
    public void CopyTo(Place place, Span<byte> payload)
    {
        var block = (int)(place.Block - _first);
        for (var start = place.Start; !payload.IsEmpty; block++, start = 0)
        {
            var part = _blocks[block].AsSpan(start);
            part = part[..Math.Min(part.Length, payload.Length)];
            part.CopyTo(payload);
            payload = payload[part.Length..];
        }
    }

    /// <summary>Drops what is before a place.</summary>
    public void DropBefore(Place place)
    {
        var count = (int)(place.Block - _first);
        if (count > 0)
        {
            for (var index = 0; index < count; index++)
            {
                _blockBytes -= _blocks[index].Length;
                Spare(_blocks[index]);
            }

            _blocks.RemoveRange(0, count);
            _first += count;
        }
    }

    /// <summary>Drops all, and begins small again.</summary>
    public void Clear()
    {
        _first += _blocks.Count;
        _blocks.Clear();
        _blocks.TrimExcess();
        _spares.Clear();
        _spares.TrimExcess();
        _end = 0;
        _blockBytes = 0;
    }

    private void AddBlock(int atLeast)
    {
        var length = WantedBytes(atLeast);
        if (!_spares.TryPop(out var block) || block.Length < length)
        {
            block = GC.AllocateUninitializedArray<byte>(length);
        }

        _blocks.Add(block);
        _blockBytes += block.Length;
        _end = 0;
    }

    private void Spare(byte[] block)
    {
        if (_spares.Count <= _blocks.Count / PartOfHeld && block.Length == WantedBytes(0))
        {
            _spares.Push(block);
        }
    }

    private int WantedBytes(int atLeast) =>
        (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Math.Max(_blockBytes / PartOfHeld, atLeast), SmallestBlockBytes, LargestBlockBytes));

    /// <summary>Where a payload begins.</summary>
    public readonly record struct Place(long Block, int Start);
}
