namespace OrleansRelay.Gateway.Hosting;

/// <summary>What has come in since the start, as <c>/health</c> tells it.</summary>
internal sealed class IngestTotals
{
    private long _messages;
    private long _bytes;

    public long Messages => Interlocked.Read(ref _messages);

    public long Bytes => Interlocked.Read(ref _bytes);

    public void Add(int messages, long bytes)
    {
        Interlocked.Add(ref _messages, messages);
        Interlocked.Add(ref _bytes, bytes);
    }
}
