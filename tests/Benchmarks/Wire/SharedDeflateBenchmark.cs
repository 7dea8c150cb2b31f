using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Deflate;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;
using OrleansRelay.Recordings;

namespace OrleansRelay.Benchmarks.Wire;

/// <summary>What does it buy to compress a message once for all viewers instead of once for each? Read Ratio: 1 is no compression at all; the system calls are in none of them.</summary>
[MemoryDiagnoser]
public class SharedDeflateBenchmark
{
    private FrameLog _plain = null!;
    private FrameLog _shared = null!;
    private ViewerPump[] _ofPlain = [];
    private ViewerPump[] _ofShared = [];
    private WebSocket[] _sockets = [];
    private Message[] _message = [];

    [Params(100, 1000)]
    public int Viewers { get; set; }

    /// <summary>A whole recorded game's messages, from its start, put together up to this size.</summary>
    [Params(512, 16 * 1024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var game = GameRecording.Generate(RecordedGame.ById(2), seed: 1).SelectMany(message => message.Payload.ToArray()).Take(Bytes).ToArray();
        _message = [new Message { Kind = MessageKind.Text, Payload = game }];
        var options = new DeflateOptions { IsEnabled = true };
        var metrics = new ServiceCollection().AddMetrics().AddSingleton<GatewayMetrics>().BuildServiceProvider().GetRequiredService<GatewayMetrics>();
        _plain = new FrameLog(ViewerFormat.Plain, epoch: 1, nextOffset: 1);
        _shared = new FrameLog(ViewerFormat.PlainDeflated, epoch: 1, nextOffset: 1, new FrameDeflater(options, metrics));
        _ofPlain = Follow(_plain);
        _ofShared = Follow(_shared);
        _sockets = [.. Enumerable.Range(0, Viewers).Select(_ => WebSocket.CreateFromStream(Stream.Null, new WebSocketCreationOptions
        {
            IsServer = true,
            DangerousDeflateOptions = new WebSocketDeflateOptions { ServerContextTakeover = false, ServerMaxWindowBits = options.WindowBits },
        }))];
    }

    [Benchmark(Baseline = true)]
    public void Plain() => ToAll(_plain, _ofPlain);

    [Benchmark]
    public void DeflatedOnce() => ToAll(_shared, _ofShared);

    [Benchmark]
    public async Task DeflatedForEach()
    {
        foreach (var socket in _sockets)
        {
            await socket.SendAsync(_message[0].Payload, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
    }

    private ViewerPump[] Follow(FrameLog log) => [.. Enumerable.Range(0, Viewers).Select(_ =>
    {
        var viewer = new ViewerPump(new ViewerQueue(log.Format, Benchmarks.Viewers.Settings.OfChannel), TimeProvider.System);
        viewer.Start(Stream.Null);
        log.TryFind(log.NextOffset, out var chunk, out var frame);
        viewer.Attach(log, chunk, frame, notBefore: log.NextOffset, seam: null);
        return viewer;
    })];

    private void ToAll(FrameLog log, ViewerPump[] viewers)
    {
        log.Append(_message);
        foreach (var viewer in viewers)
        {
            viewer.Signal();
        }
    }
}
