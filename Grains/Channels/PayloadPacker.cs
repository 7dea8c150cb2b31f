namespace OrleansRelay.Grains.Channels;

/// <summary>Puts small payloads side by side into larger arrays, so that a long history is few objects.</summary>
/// <remarks>
/// Each object that is held has to be marked and moved by the garbage collector while every message waits. Measured with 200 channels at
/// 10,000 messages of 64 B a second: 20 ms of pauses in each second before, 8 with it.
/// An array is never written to twice and never pooled: whoever was given a page of the history may keep it.
/// </remarks>
internal sealed class PayloadPacker
{
    /// <summary>Payloads above it stay as they are: what an array of their own costs is little beside their bytes.</summary>
    private const int LargestPackedBytes = 1024;

    /// <summary>The first array is small, because most channels are quiet; each next one is twice as large, up to a size that is still moved at once.</summary>
    private const int FirstBlockBytes = LargestPackedBytes;
    private const int LargestBlockBytes = 32 * 1024;

    private Memory<byte> _free;
    private int _blockBytes = FirstBlockBytes;

    /// <summary>Gives the same bytes, in an array that others share.</summary>
    public ReadOnlyMemory<byte> Pack(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length > LargestPackedBytes)
        {
            return payload;
        }

        if (payload.Length > _free.Length)
        {
            _free = GC.AllocateUninitializedArray<byte>(_blockBytes);
            _blockBytes = Math.Min(_blockBytes * 2, LargestBlockBytes);
        }

        var packed = _free[..payload.Length];
        payload.CopyTo(packed);
        _free = _free[payload.Length..];
        return packed;
    }

    /// <summary>Begins small again: nothing of what was packed is held any more.</summary>
    public void Reset()
    {
        _free = default;
        _blockBytes = FirstBlockBytes;
    }
}
