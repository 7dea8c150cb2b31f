using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Streams;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>Serves one viewer from its arrival to its end, whatever carries it.</summary>
internal sealed partial class ViewerConnection(
    ChannelFeeds feeds, ViewerRegistry registry, GatewayMetrics metrics, IOptions<ViewerOptions> options, TimeProvider time, ILogger<ViewerConnection> logger)
{
    /// <summary>Serves the viewer until its connection ends or the relay ends it.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="format">The viewer's form.</param>
    /// <param name="start">Where it starts.</param>
    /// <param name="exceptSender">The member whose messages it doesn't get, or 0.</param>
    /// <param name="transport">What carries it; opened once the channel is there.</param>
    public async Task RunAsync(ChannelName channel, ViewerFormat format, ViewerStart start, long exceptSender, IViewerTransport transport)
    {
        var feed = await feeds.AcquireAsync(channel);
        try
        {
            var (pump, gone, join) = await BeginAsync(feed, format, start, exceptSender, transport);
            var reason = "failed";
            try
            {
                await Task.WhenAny(gone, pump.Ended);
                reason = await EndAsync(feed, pump, transport, gone, join);
            }
            finally
            {
                pump.Kill();
                registry.Remove(pump);
                feed.Remove(pump, format);
                metrics.ViewerLeft(format, reason, pump.Dropped);
            }
        }
        finally
        {
            feeds.Release(feed);
        }
    }

    /// <summary>Opens the viewer's connection and lets it join. What is needed for that and not afterwards ends here: an idle viewer would keep it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(ViewerPump Pump, Task Gone, Task Join)> BeginAsync(ChannelFeed feed, ViewerFormat format, ViewerStart start, long exceptSender, IViewerTransport transport)
    {
        var state = await feed.GetStateAsync();
        var pump = new ViewerPump(new ViewerQueue(format, state.Settings) { ExceptSender = exceptSender }, time);
        pump.Start(await transport.OpenAsync(pump));
        feed.Add(pump, format);
        registry.Add(pump, transport);
        metrics.ViewerCame(format);
        var gone = transport.WatchAsync();
        return (pump, gone, JoinAsync(feed, pump, format, start, state));
    }

    /// <returns>Why the viewer ended, for the count.</returns>
    private async Task<string> EndAsync(ChannelFeed feed, ViewerPump pump, IViewerTransport transport, Task gone, Task join)
    {
        if (gone.IsCompleted || await pump.Ended is not { } code)
        {
            var reason = gone.IsCompleted ? "left" : "broken";
            await LetGoAsync(transport, pump, gone, join);
            return reason;
        }

        // The close goes out after the write that is under way, if that ends in time; the peer then answers, or is cut off.
        if (code == CloseCode.TooSlow)
        {
            Log.TooSlow(logger, feed.Channel);
        }

        await Task.WhenAny(CloseAsync(transport, code, gone), Task.Delay(options.Value.CloseWithin, time, CancellationToken.None));
        await LetGoAsync(transport, pump, gone, join);
        return code == CloseCode.Normal ? "left" : code.Reason;
    }

    /// <summary>Waits until nothing of the viewer is under way: a read that outlived the request would meet its disposed context.</summary>
    private static async Task LetGoAsync(IViewerTransport transport, ViewerPump pump, Task gone, Task join)
    {
        pump.Kill();
        if (!gone.IsCompleted)
        {
            transport.Abort();
        }

        await Task.WhenAll(gone, join);
    }

    private async Task JoinAsync(ChannelFeed feed, ViewerPump pump, ViewerFormat format, ViewerStart start, ChannelState state)
    {
        try
        {
            await ViewerJoin.RunAsync(feed, pump, format, start, state, time);
        }
        catch (IOException)
        {
            // The connection broke, or the viewer is being ended; its pump tells.
        }
        catch (Exception exception)
        {
            Log.NotJoined(logger, exception, feed.Channel);
            pump.End(CloseCode.ChannelUnavailable);
        }
    }

    private static async Task CloseAsync(IViewerTransport transport, CloseCode code, Task gone)
    {
        try
        {
            await transport.CloseAsync(code);
        }
        catch (IOException)
        {
            // It broke, or was cut off while the close was waiting to be sent.
        }

        await gone;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "A viewer of {Channel} fell behind further than its queue allows and is closed.", EventName = "ViewerTooSlow")]
        public static partial void TooSlow(ILogger logger, ChannelName channel);

        [LoggerMessage(2, LogLevel.Warning, "A viewer of {Channel} could not be given the buffer and is asked to come back.", EventName = "ViewerNotJoined")]
        public static partial void NotJoined(ILogger logger, Exception exception, ChannelName channel);
    }
}
