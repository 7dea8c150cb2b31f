using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrleansRelay.LoadTest.Tests.Targets;

/// <summary>ASP.NET Core's own SignalR with a hub of the names that the load tester calls.</summary>
internal sealed class SignalRHost(WebApplication app) : IAsyncDisposable
{
    /// <summary>Its address for WebSockets.</summary>
    public string Address => app.Urls.Single().Replace("http", "ws", StringComparison.Ordinal);

    /// <summary>Starts one.</summary>
    /// <param name="refusesJoins">Whether Join fails.</param>
    public static async Task<SignalRHost> StartAsync(bool refusesJoins = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(new Manners(refusesJoins)).AddSignalR();
        var host = new SignalRHost(builder.Build());
        await host.RunAsync();
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync().WithinTest("SignalR to stop");
        await app.DisposeAsync();
    }

    private async Task RunAsync()
    {
        app.MapHub<RelayHub>("/relay");
        await app.StartAsync().WithinTest("SignalR to start");
    }

    internal sealed record Manners(bool RefusesJoins);

    internal sealed class RelayHub(Manners manners) : Hub
    {
        public Task Join(string channel) => manners.RefusesJoins ? throw new HubException("no") : Groups.AddToGroupAsync(Context.ConnectionId, channel);

        public Task Publish(string channel, string payload) => Clients.Group(channel).SendAsync("m", payload);
    }
}
