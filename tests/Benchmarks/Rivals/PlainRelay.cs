using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansRelay.Benchmarks.Rivals;

/// <summary>The relay that everyone writes first: AcceptWebSocketAsync, a queue and a SendAsync loop for each viewer.</summary>
internal static class PlainRelay
{
    public static async Task<int> RunAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var app = builder.Build();
        var channels = new ConcurrentDictionary<string, ConcurrentDictionary<ChannelWriter<Message>, byte>>();
        app.UseWebSockets();
        app.Map("/viewer/{channel}", (HttpContext context, string channel) => ViewAsync(context, channels.GetOrAdd(channel, _ => [])));
        app.Map("/streamer/{channel}", (HttpContext context, string channel) => PublishAsync(context, channels.GetOrAdd(channel, _ => [])));
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private static async Task ViewAsync(HttpContext context, ConcurrentDictionary<ChannelWriter<Message>, byte> viewers)
    {
        var queue = Channel.CreateUnbounded<Message>(new UnboundedChannelOptions { SingleReader = true });
        viewers.TryAdd(queue.Writer, 0);
        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var reading = ReadAsync(socket, _ => { }, context.RequestAborted).ContinueWith(_ => queue.Writer.TryComplete(), TaskScheduler.Default);
            await foreach (var message in queue.Reader.ReadAllAsync(context.RequestAborted))
            {
                await socket.SendAsync(message.Bytes, message.Type, endOfMessage: true, context.RequestAborted);
            }

            await reading;
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // Gone.
        }
        finally
        {
            viewers.TryRemove(queue.Writer, out _);
        }
    }

    private static async Task PublishAsync(HttpContext context, ConcurrentDictionary<ChannelWriter<Message>, byte> viewers)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await ReadAsync(
            socket,
            message =>
            {
                foreach (var (viewer, _) in viewers)
                {
                    viewer.TryWrite(message);
                }
            },
            context.RequestAborted);
    }

    private static async Task ReadAsync(WebSocket socket, Action<Message> received, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        using var gathered = new MemoryStream();
        try
        {
            while (true)
            {
                var result = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                gathered.Write(buffer, 0, result.Count);
                if (result.EndOfMessage)
                {
                    received(new Message(gathered.ToArray(), result.MessageType));
                    gathered.SetLength(0);
                }
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // Gone.
        }
    }

    private readonly record struct Message(byte[] Bytes, WebSocketMessageType Type);
}
