using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Ingest.DialBack;

/// <summary>The dashboards that this gateway has dialled: reads each until it ends, and dials again when it breaks.</summary>
internal sealed partial class DialBackFeeds(
    IServiceProvider services, WebSocketPublisher publisher, DashboardDialer dialer, ConnectionLimits limits, IOptions<DialBackOptions> options, ILogger<DialBackFeeds> logger)
    : BackgroundService
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];
    private CancellationToken _stop;

    /// <summary>Opens the channel anew and begins to read the dashboard.</summary>
    /// <returns>False when the channel refuses it.</returns>
    public async Task<bool> TryStartAsync(ChannelName channel, Uri dashboard, WebSocket socket)
    {
        var session = ActivatorUtilities.CreateInstance<PublisherSession>(services, channel, "dial-" + Guid.NewGuid().ToString("N"));
        var opened = await session.OpenAsync(startsAnew: true);
        if (!opened.IsAccepted)
        {
            await session.DisposeAsync();
            socket.Dispose();
            return false;
        }

        var feed = RunAsync(session, opened, dashboard, socket);
        lock (_gate)
        {
            _running.RemoveWhere(former => former.IsCompleted);
            _running.Add(feed);
        }

        return true;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stop = stoppingToken;
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken).ContinueWith(static _ => { }, TaskScheduler.Default);
        Task[] running;
        lock (_gate)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running);
    }

    private async Task RunAsync(PublisherSession session, PublisherOpened opened, Uri dashboard, WebSocket socket)
    {
        var caller = System.Net.IPAddress.Parse(dashboard.IdnHost.Trim('[', ']'));
        using var entered = limits.TryEnter(caller, ConnectionRole.Publisher, out _);
        try
        {
            var current = socket;
            while (true)
            {
                CloseCode? code;
                using (current)
                {
                    code = await publisher.RunAsync(current, session, opened, isV1: false, meter: null, frames: null, _stop);
                }

                await session.DisposeAsync();
                if (code is not null || _stop.IsCancellationRequested)
                {
                    Log.Ended(logger, session.Channel, code?.Reason ?? "stopping");
                    return;
                }

                // It broke without a close: the same publisher comes back within its lease.
                Log.Broken(logger, session.Channel, dashboard);
                var (next, _) = await dialer.DialAsync(dashboard, options.Value.ReconnectFor, _stop);
                if (next is null)
                {
                    Log.GaveUp(logger, session.Channel, dashboard);
                    return;
                }

                current = next;
                session = ActivatorUtilities.CreateInstance<PublisherSession>(services, session.Channel, session.PublisherId);
                opened = await session.OpenAsync(startsAnew: !options.Value.AppendsAfterReconnect);
                if (!opened.IsAccepted)
                {
                    current.Dispose();
                    return;
                }
            }
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception, session.Channel);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The dashboard of channel {Channel} ended: {Reason}.", EventName = "DashboardEnded")]
        public static partial void Ended(ILogger logger, ChannelName channel, string reason);

        [LoggerMessage(2, LogLevel.Information, "The connection to the dashboard of channel {Channel} at {Dashboard} broke; dialling again.", EventName = "DashboardBroken")]
        public static partial void Broken(ILogger logger, ChannelName channel, Uri dashboard);

        [LoggerMessage(3, LogLevel.Warning, "The dashboard of channel {Channel} at {Dashboard} did not come back.", EventName = "DashboardGivenUp")]
        public static partial void GaveUp(ILogger logger, ChannelName channel, Uri dashboard);

        [LoggerMessage(4, LogLevel.Error, "Reading the dashboard of channel {Channel} failed.", EventName = "DashboardFailed")]
        public static partial void Failed(ILogger logger, Exception exception, ChannelName channel);
    }
}
