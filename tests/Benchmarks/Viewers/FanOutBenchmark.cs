using BenchmarkDotNet.Attributes;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Benchmarks.Viewers;

/// <summary>What does one delivery cost above the system call: signal, take, write, over streams that swallow? Read Mean (a delivery); Allocated must be 0.</summary>
[MemoryDiagnoser]
public class FanOutBenchmark
{
    private const int Rounds = 16;
    private FrameLog _log = null!;
    private ViewerPump[] _viewers = [];
    private Message[] _message = [];

    [Params(100, 1000)]
    public int Viewers { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _log = new FrameLog(ViewerFormat.Plain, epoch: 1, nextOffset: 1);
        _message = [new Message { Kind = MessageKind.Binary, Payload = new byte[64] }];
        _viewers = [.. Enumerable.Range(0, Viewers).Select(_ => new ViewerPump(new ViewerQueue(ViewerFormat.Plain, Settings.OfChannel), TimeProvider.System))];
        foreach (var viewer in _viewers)
        {
            viewer.Start(Stream.Null);
            _log.TryFind(_log.NextOffset, out var chunk, out var frame);
            viewer.Attach(_log, chunk, frame, notBefore: _log.NextOffset, seam: null);
        }
    }

    /// <summary>Sixteen messages, so that the chunk's share of each is small; the result is for one message to all viewers.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public void OneMessageToAll()
    {
        for (var round = 0; round < Rounds; round++)
        {
            _log.Append(_message);
            foreach (var viewer in _viewers)
            {
                viewer.Signal();
            }
        }
    }
}
