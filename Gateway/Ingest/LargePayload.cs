using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Ingest;

/// <summary>The payload of a frame that is larger than any buffer, on its way into the array that it stays in.</summary>
/// <param name="frame">Its header.</param>
internal sealed class LargePayload(ReceivedFrame frame)
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>((int)frame.PayloadBytes);
    private int _received;

    /// <summary>What is still to come.</summary>
    public Memory<byte> Missing => _bytes.AsMemory(_received);

    /// <summary>Takes what has come into a buffer.</summary>
    /// <returns>How much of it.</returns>
    public int Add(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(bytes.Length, _bytes.Length - _received);
        bytes[..taken].CopyTo(Missing.Span);
        Add(taken);
        return taken;
    }

    /// <summary>Counts what was received into <see cref="Missing"/>.</summary>
    public void Add(int received) => _received += received;

    /// <summary>Gives the message, once it is whole.</summary>
    public bool TryTake(out ReadMessage message)
    {
        message = default;
        if (_received < _bytes.Length)
        {
            return false;
        }

        frame.Unmask(_bytes, _bytes);
        message = new ReadMessage(ReadOutcome.Message, frame.Kind, _bytes);
        return true;
    }
}
