using BenchmarkDotNet.Attributes;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Benchmarks.Viewers;

/// <summary>What does appending one message to a channel's log cost? Allocated is the chunk's share: about the frame's own bytes, and nothing that grows with viewers.</summary>
[MemoryDiagnoser]
public class FrameLogBenchmark
{
    private const int Batch = 256;
    private readonly FrameLog _log = new(ViewerFormat.Plain, epoch: 1, nextOffset: 1);
    private Message[] _messages = [];

    [Params(64, 16 * 1024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup() => _messages = [.. Enumerable.Repeat(new Message { Kind = MessageKind.Binary, Payload = new byte[Bytes] }, Batch)];

    [Benchmark(OperationsPerInvoke = Batch)]
    public void AppendBatch() => _log.Append(_messages);

    [Benchmark]
    public void AppendOne() => _log.Append(_messages.AsSpan(0, 1));
}
