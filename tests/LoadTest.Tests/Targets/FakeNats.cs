using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansRelay.LoadTest.Tests.Targets;

/// <summary>As much of a NATS server as publishing and subscribing needs. Its frames end anywhere, as the protocol allows: several lines in one, one line in several.</summary>
internal sealed class FakeNats : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<WebSocket, string> _subjects = [];
    private readonly string _greeting;

    private FakeNats(WebApplication app, string greeting) => (_app, _greeting) = (app, greeting);

    /// <summary>Its address for WebSockets.</summary>
    public string Address => _app.Urls.Single().Replace("http", "ws", StringComparison.Ordinal);

    /// <summary>Starts one.</summary>
    /// <param name="greeting">What it says first.</param>
    public static async Task<FakeNats> StartAsync(string greeting = "INFO {}\r\n")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var nats = new FakeNats(builder.Build(), greeting);
        nats._app.UseWebSockets();
        nats._app.Map("/", nats.ServeAsync);
        await nats._app.StartAsync().WithinTest("the fake NATS to start");
        return nats;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (socket, _) in _subjects)
        {
            socket.Abort();
        }

        await _app.StopAsync().WithinTest("the fake NATS to stop");
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        try
        {
            await SendAsync(socket, Encoding.ASCII.GetBytes(_greeting), []);
            var (buffer, kept) = (new byte[64 * 1024], new List<byte>());
            while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } result)
            {
                kept.AddRange(buffer.AsSpan(0, result.Count));
                await ReadAsync(socket, kept);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // Gone.
        }
        finally
        {
            _subjects.TryRemove(socket, out _);
        }
    }

    private async Task ReadAsync(WebSocket socket, List<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            var words = Encoding.ASCII.GetString([.. bytes.GetRange(0, end - 1)]).Split(' ');
            var used = end + 1;
            switch (words[0])
            {
                case "SUB":
                    _subjects[socket] = words[1];
                    break;
                case "PING":
                    await SendAsync(socket, "PO"u8.ToArray(), "NG\r\n"u8.ToArray());
                    break;
                case "PUB":
                    var length = int.Parse(words[2], CultureInfo.InvariantCulture);
                    if (bytes.Count < used + length + 2)
                    {
                        return;
                    }

                    await PublishAsync(words[1], bytes.GetRange(used, length + 2));
                    used += length + 2;
                    break;
                default:
                    break;
            }

            bytes.RemoveRange(0, used);
        }
    }

    private async Task PublishAsync(string subject, List<byte> payload)
    {
        byte[] whole = [.. Encoding.ASCII.GetBytes($"MSG {subject} 1 {payload.Count - 2}\r\n"), .. payload];
        var cut = Random.Shared.Next(whole.Length);
        foreach (var (viewer, _) in _subjects.Where(one => one.Value == subject))
        {
            await SendAsync(viewer, whole[..cut], [.. whole[cut..], .. "PING\r\n"u8]);
        }
    }

    private static async Task SendAsync(WebSocket socket, params byte[][] parts)
    {
        foreach (var part in parts)
        {
            await socket.SendAsync(part, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        }
    }
}
