using System.Net;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansRelay.Gateway.Tests.Ingest.DialBack;

/// <summary>A streamer's dashboard: a WebSocket server that hands each connection of the relay to the test.</summary>
internal sealed class FakeDashboard : IAsyncDisposable
{
    private readonly Channel<(string Path, WebSocket Socket)> _dialled = Channel.CreateUnbounded<(string, WebSocket)>();
    private readonly TaskCompletionSource _done = new();
    private readonly WebApplication _app;

    private FakeDashboard(WebApplication app) => _app = app;

    /// <summary>The port that the relay is to dial.</summary>
    public int Port { get; private set; }

    public static async Task<FakeDashboard> StartAsync(IPAddress? address = null, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var dashboard = new FakeDashboard(app);
        app.UseWebSockets();
        app.Run(dashboard.ServeAsync);
        app.Urls.Add($"http://{address ?? IPAddress.Loopback}:{port}");
        await app.StartAsync().WithinTest("the dashboard to start");
        dashboard.Port = new Uri(app.Urls.Single()).Port;
        return dashboard;
    }

    /// <summary>The relay's next connection.</summary>
    public Task<(string Path, WebSocket Socket)> DialledAsync() => _dialled.Reader.ReadAsync().WithinTest("the relay to dial the dashboard");

    public static Task SendAsync(WebSocket socket, string text) =>
        socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).WithinTest("the dashboard to send");

    public async ValueTask DisposeAsync()
    {
        _done.TrySetResult();
        await _app.StopAsync().WithinTest("the dashboard to stop");
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var socket = await context.WebSockets.AcceptWebSocketAsync();
        _dialled.Writer.TryWrite((context.Request.Path, socket));
        var gone = new TaskCompletionSource();
        using var registration = context.RequestAborted.Register(() => gone.TrySetResult());
        await Task.WhenAny(_done.Task, gone.Task);
    }
}
