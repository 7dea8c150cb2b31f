using System.Net;
using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Ingest.DialBack;

/// <summary><c>GET /streamer/{channel}</c>: the relay connects to the caller's dashboard and publishes what comes from there (seed 000).</summary>
internal sealed class DialBackEndpoint(DashboardDialer dialer, DialBackFeeds feeds, IOptions<DialBackOptions> options)
{
    /// <summary>What seed 000 answered, so that its callers go on working.</summary>
    private const string Relaying = "Relaying";

    public async Task HandleAsync(HttpContext context, ChannelName channel)
    {
        var settings = options.Value;
        var caller = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (!settings.IsEnabled || !CallerAddress.IsAllowed(caller, settings.Addresses))
        {
            await Problem.WriteAsync(context, StatusCodes.Status403Forbidden,
                settings.IsEnabled ? $"This relay does not call back addresses like {caller}." : "This relay does not call back. Connect by WebSocket and push.");
            return;
        }

        // The dashboard first: a call that leads nowhere must not wipe the channel.
        var dashboard = CallerAddress.ToDashboard(caller, settings.Port, settings.Path);
        var (socket, failure) = await dialer.DialAsync(dashboard, settings.ConnectWithin, context.RequestAborted);
        if (socket is null)
        {
            await (failure == DialFailure.NotWebSocket
                ? Problem.WriteAsync(context, StatusCodes.Status502BadGateway, $"{dashboard} answers, but not as a WebSocket server.")
                : Problem.WriteAsync(context, StatusCodes.Status504GatewayTimeout,
                    $"{dashboard} could not be connected to within {settings.ConnectWithin.TotalSeconds:0.#} s. Is the dashboard running, and port {settings.Port} forwarded?"));
            return;
        }

        if (!await feeds.TryStartAsync(channel, dashboard, socket))
        {
            await Problem.WriteAsync(context, StatusCodes.Status409Conflict, "The channel has a publisher and refuses a second one.");
            return;
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(Relaying, context.RequestAborted);
    }
}
