using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansRelay.Benchmarks.Rivals;

/// <summary>The relay that a SignalR user writes: a group a channel. Its limits are wide, so that what is measured is its sending.</summary>
internal static class SignalRRelay
{
    private const int MaxMessageBytes = 16 << 20;

    /// <summary>Serves until it is cancelled.</summary>
    public static async Task<int> RunAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSignalR(hub =>
        {
            hub.MaximumReceiveMessageSize = MaxMessageBytes;
            hub.MaximumParallelInvocationsPerClient = 1;

            // The load tester's viewers say nothing once they have joined.
            hub.ClientTimeoutInterval = TimeSpan.FromHours(1);
        });
        await using var app = builder.Build();
        app.Urls.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        app.MapHub<RelayHub>("/relay", dispatcher =>
        {
            dispatcher.Transports = HttpTransportType.WebSockets;
            dispatcher.ApplicationMaxBufferSize = dispatcher.TransportMaxBufferSize = MaxMessageBytes;
        });
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    /// <summary>The hub: its names are what the load tester's SignalR protocol calls.</summary>
    internal sealed class RelayHub : Hub
    {
        public Task Join(string channel) => Groups.AddToGroupAsync(Context.ConnectionId, channel);

        public Task Publish(string channel, string payload) => Clients.Group(channel).SendAsync("m", payload);
    }
}
