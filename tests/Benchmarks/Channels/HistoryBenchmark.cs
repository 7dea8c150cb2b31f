using BenchmarkDotNet.Attributes;
using OrleansRelay.Channels;
using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Benchmarks.Channels;

/// <summary>What does the buffer cost a message, and a joiner? Read Mean; Append must allocate nothing, Replay only its answer.</summary>
[MemoryDiagnoser]
public class HistoryBenchmark
{
    private const int PayloadBytes = 512;
    private const int Held = 30_000;
    private const int Page = 256;
    private readonly HistoryRing _ring = new();
    private readonly Message _message = new() { Kind = MessageKind.Binary, Payload = new byte[PayloadBytes], PublishedAt = 1 };

    [GlobalSetup]
    public void Setup()
    {
        for (var index = 0; index < Held; index++)
        {
            _ring.Append(_message);
        }
    }

    [Benchmark]
    public void AppendAndTrim()
    {
        _ring.Append(_message);
        _ring.Trim(Held, long.MaxValue, notBefore: 0);
    }

    [Benchmark(OperationsPerInvoke = Page)]
    public int ReplayPage() => _ring.Read(_ring.FirstHeld, long.MaxValue, Page, long.MaxValue, out _).Length;
}
