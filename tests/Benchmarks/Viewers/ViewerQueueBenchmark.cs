using BenchmarkDotNet.Attributes;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Benchmarks.Viewers;

/// <summary>What does it cost a viewer to take what waits, for each message? Allocated must be 0.</summary>
[MemoryDiagnoser]
public class ViewerQueueBenchmark
{
    private const int Viewers = 1000;
    private readonly ViewerQueue[] _queues = new ViewerQueue[Viewers];
    private FrameLog _log = null!;
    private Message[] _messages = [];

    /// <summary>Messages that lie side by side when a viewer comes to take them.</summary>
    [Params(1, 32)]
    public int Waiting { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _log = new FrameLog(ViewerFormat.Plain, epoch: 1, nextOffset: 1);
        _messages = [.. Enumerable.Repeat(new Message { Kind = MessageKind.Binary, Payload = new byte[64] }, Waiting)];
        for (var index = 0; index < Viewers; index++)
        {
            _queues[index] = new ViewerQueue(ViewerFormat.Plain, Settings.OfChannel);
            _log.TryFind(_log.NextOffset, out var chunk, out var frame);
            _queues[index].Attach(_log, chunk, frame, _log.NextOffset);
        }
    }

    [Benchmark(OperationsPerInvoke = Viewers)]
    public long Take()
    {
        _log.Append(_messages);
        var taken = 0L;
        foreach (var queue in _queues)
        {
            while (queue.TryTake(out var bytes, out _))
            {
                taken += bytes.Length;
            }
        }

        return taken;
    }
}
