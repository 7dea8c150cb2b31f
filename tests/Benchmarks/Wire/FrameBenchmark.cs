using System.Buffers;
using BenchmarkDotNet.Attributes;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Benchmarks.Wire;

/// <summary>What does it cost to encode one message in each form? Read Mean; Allocated must be 0 for the two WebSocket forms.</summary>
[MemoryDiagnoser]
public class FrameBenchmark
{
    private readonly ArrayBufferWriter<byte> _target = new(1 << 20);
    private Message _message;

    [Params(64, 512, 16 * 1024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup() => _message = new Message { Kind = MessageKind.Text, Payload = Enumerable.Repeat((byte)'x', Bytes).ToArray(), PublishedAt = 1 };

    [Benchmark(Baseline = true)]
    public int Plain() => Write(ViewerFormat.Plain);

    [Benchmark]
    public int RelayV1() => Write(ViewerFormat.RelayV1);

    [Benchmark]
    public int Sse() => Write(ViewerFormat.Sse);

    private int Write(ViewerFormat format)
    {
        _target.ResetWrittenCount();
        format.Write(_target, _message, new Position(1, 42));
        return _target.WrittenCount;
    }
}
