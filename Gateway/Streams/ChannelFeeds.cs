using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Viewers;

namespace OrleansRelay.Gateway.Streams;

/// <summary>The feeds of this gateway, one for each channel that someone here watches.</summary>
internal sealed partial class ChannelFeeds(IServiceProvider services, IOptions<ViewerOptions> options, TimeProvider time, ILogger<ChannelFeeds> logger) : IAsyncDisposable
{
    /// <summary>Channels that are asked at once: as many as the beat asks.</summary>
    private const int MaxCatchingUp = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<ChannelName, Entry> _entries = [];

    /// <summary>Gives the channel's feed, started. Each call is answered by one <see cref="Release"/>.</summary>
    public async ValueTask<ChannelFeed> AcquireAsync(ChannelName channel)
    {
        Entry? entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue(channel, out entry))
            {
                entry = new Entry(ActivatorUtilities.CreateInstance<ChannelFeed>(services, channel));
                _entries.Add(channel, entry);
            }

            entry.Users++;
            entry.Started ??= entry.Feed.StartAsync();
        }

        try
        {
            await entry.Started;
            return entry.Feed;
        }
        catch
        {
            Drop(channel, entry);
            throw;
        }
    }

    /// <summary>Gives a feed back. The last one to do so lets it linger, then stop.</summary>
    public void Release(ChannelFeed feed)
    {
        Entry? entry;
        lock (_gate)
        {
            // Not there after a drain that was cut short: the feeds are gone before their last viewers.
            if (!_entries.TryGetValue(feed.Channel, out entry) || --entry.Users > 0)
            {
                return;
            }
        }

        entry.Stopping = StopAfterLingerAsync(feed.Channel, entry);
    }

    /// <summary>Has every feed give its viewers what its channel has stored by now; one whose channel doesn't answer is left as it is.</summary>
    public Task CatchUpAsync(CancellationToken cancellationToken)
    {
        Entry[] entries;
        lock (_gate)
        {
            entries = [.. _entries.Values];
        }

        return Parallel.ForEachAsync(entries, new ParallelOptions { MaxDegreeOfParallelism = MaxCatchingUp, CancellationToken = cancellationToken }, async (entry, _) =>
        {
            try
            {
                await entry.Feed.CatchUpAsync().WaitAsync(cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                Log.NotCaughtUp(logger, exception, entry.Feed.Channel);
            }
        });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Entry[] entries;
        lock (_gate)
        {
            entries = [.. _entries.Values];
            _entries.Clear();
        }

        foreach (var entry in entries)
        {
            await entry.Feed.DisposeAsync();
        }
    }

    private async Task StopAfterLingerAsync(ChannelName channel, Entry entry)
    {
        await Task.Delay(options.Value.Linger, time, CancellationToken.None);
        lock (_gate)
        {
            if (entry.Users > 0 || !_entries.TryGetValue(channel, out var current) || current != entry)
            {
                return;
            }

            _entries.Remove(channel);
        }

        try
        {
            await entry.Feed.DisposeAsync();
        }
        catch (Exception exception)
        {
            Log.NotStopped(logger, exception, channel);
        }
    }

    /// <summary>A feed that could not start is forgotten, so that the next viewer tries anew.</summary>
    private void Drop(ChannelName channel, Entry entry)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(channel, out var current) || current != entry)
            {
                return;
            }

            _entries.Remove(channel);
        }

        entry.Stopping = entry.Feed.DisposeAsync().AsTask();
    }

    private sealed class Entry(ChannelFeed feed)
    {
        public ChannelFeed Feed { get; } = feed;

        public int Users { get; set; }

        public Task? Started { get; set; }

        /// <summary>Kept so that the task that stops the feed has an owner.</summary>
        public Task Stopping { get; set; } = Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The feed of channel {Channel} did not stop cleanly.", EventName = "FeedNotStopped")]
        public static partial void NotStopped(ILogger logger, Exception exception, ChannelName channel);

        [LoggerMessage(2, LogLevel.Warning, "Channel {Channel} did not say what it has stored; its viewers are closed with what they have.", EventName = "FeedNotCaughtUp")]
        public static partial void NotCaughtUp(ILogger logger, Exception exception, ChannelName channel);
    }
}
