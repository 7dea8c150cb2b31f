using BenchmarkDotNet.Attributes;
using Orleans.Streams;
using OrleansRelay.TestKit;

namespace OrleansRelay.Benchmarks.Engine;

/// <summary>What does the engine of this build take for a grain call, and for a message through a stream? Compare the two builds' Mean.</summary>
[MemoryDiagnoser]
public class EngineBenchmark
{
    private EngineHost _host = null!;
    private IEchoGrain _grain = null!;
    private IAsyncStream<byte[]> _stream = null!;
    private readonly Ear _ear = new();
    private readonly byte[] _payload = new byte[64];

    // Not async: BenchmarkDotNet's in-process toolchain begins to measure before an asynchronous setup is done.
    [GlobalSetup]
    public void Setup() => StartAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Cleanup() => _host.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark]
    public Task GrainCall() => _grain.EchoAsync(_payload);

    [Benchmark]
    public async Task StreamHop()
    {
        var heard = _ear.NextAsync();
        await _stream.OnNextAsync(_payload);
        await heard;
    }

    private async Task StartAsync()
    {
        _host = await EngineHost.StartAsync();
        _grain = _host.Client.GetGrain<IEchoGrain>("one");
        _stream = _host.Client.GetStreamProvider(EngineHost.Streams).GetStream<byte[]>(StreamId.Create("bench", "one"));
        await _stream.SubscribeAsync(_ear);
        await _grain.EchoAsync(_payload);
    }

    private sealed class Ear : IAsyncObserver<byte[]>
    {
        private TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task NextAsync() => (_heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public Task OnNextAsync(byte[] item, StreamSequenceToken? token = null)
        {
            _heard.TrySetResult();
            return Task.CompletedTask;
        }

        public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
    }
}

/// <summary>Answers.</summary>
public interface IEchoGrain : IGrainWithStringKey
{
    Task<int> EchoAsync(byte[] payload);
}

/// <summary>The least that a grain can do.</summary>
internal sealed class EchoGrain : Grain, IEchoGrain
{
    public Task<int> EchoAsync(byte[] payload) => Task.FromResult(payload.Length);
}
