using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansRelay.LoadTest.Tests.Running;

/// <summary>A relay that does something wrong to what it delivers. It speaks the paths of the Go relay, to show that any relay can be loaded.</summary>
internal sealed class FakeRelay : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<int, WebSocket> _members = [];
    private int _count;

    private FakeRelay(WebApplication app) => _app = app;

    /// <summary>Its address for WebSockets.</summary>
    public string Address => _app.Urls.Single().Replace("http", "ws", StringComparison.Ordinal);

    /// <summary>Starts one.</summary>
    /// <param name="deliver">What to send a viewer for the n-th message, counted from 0.</param>
    public static async Task<FakeRelay> StartAsync(Func<int, byte[], IEnumerable<byte[]>> deliver)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var relay = new FakeRelay(builder.Build());
        relay._app.UseWebSockets();
        relay._app.Map("/ws/{user}", context => relay.ServeAsync(context, deliver));
        await relay._app.StartAsync().WithinTest("the fake relay to start");
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, socket) in _members)
        {
            socket.Abort();
        }

        await _app.StopAsync().WithinTest("the fake relay to stop");
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context, Func<int, byte[], IEnumerable<byte[]>> deliver)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var number = Interlocked.Increment(ref _count);
        _members.TryAdd(number, socket);
        try
        {
            var buffer = new byte[64 * 1024];
            for (var index = 0; ; index++)
            {
                var result = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                foreach (var message in deliver(index, buffer[..result.Count]))
                {
                    foreach (var (_, other) in _members.Where(member => member.Key != number))
                    {
                        await other.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, context.RequestAborted);
                    }
                }
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // Gone.
        }
        finally
        {
            _members.TryRemove(number, out _);
        }
    }
}
