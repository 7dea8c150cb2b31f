using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Streams;

/// <summary>Keeps this gateway's leases on its channels: one call a channel and beat, however many viewers came and went.</summary>
internal sealed partial class ChannelPresences(IGrainFactory grains, GatewayIdentity gateway, TimeProvider time, ILogger<ChannelPresences> logger)
    : BackgroundService
{
    /// <summary>Changes are told at the next beat, so joins and leaves are batched to one call a second.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Without changes a lease is renewed this often: a third of the roster's lease, and the time within which silent loss is noticed.</summary>
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(5);

    /// <summary>Renewals under way at once: enough for 3,000 channels a beat at 20 ms each, few enough not to flood a silo.</summary>
    private const int MaxRenewals = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<ChannelName, ChannelPresence> _presences = [];

    /// <summary>This gateway's name in every lease.</summary>
    public string GatewayId => gateway.Id;

    /// <summary>Begins to hold something on a channel. The change is made under the lock under which empty presences are dropped.</summary>
    public ChannelPresence Hold(ChannelName channel, Action<ChannelPresence> change)
    {
        lock (_gate)
        {
            if (!_presences.TryGetValue(channel, out var presence))
            {
                presence = new ChannelPresence(channel);
                _presences.Add(channel, presence);
            }

            change(presence);
            return presence;
        }
    }

    /// <summary>Tells a channel at once.</summary>
    public async Task<ChannelState> RenewAsync(ChannelPresence presence)
    {
        var grain = grains.GetGrain<IChannelGrain>(presence.Channel.Value);
        try
        {
            var state = await grain.RenewGatewayAsync(presence.ToLease(gateway.Id, time.GetTimestamp(), isLast: false));
            presence.Take(state);
            return state;
        }
        catch
        {
            presence.TellSoon();
            throw;
        }
    }

    /// <summary>Lets go of all channels, so that none has to wait for a lease to run out.</summary>
    public Task LeaveAsync(CancellationToken cancellationToken) => Task.WhenAll(All().Select(TellLastAsync)).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = time.GetTimestamp();
            var due = All().Where(presence => presence.IsDirty || presence.IsEmpty || time.GetElapsedTime(presence.ToldAt, now) >= RenewEvery).ToArray();
            if (due.Length == 0)
            {
                // An idle relay would wake a thread for it each second.
                continue;
            }

            await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = MaxRenewals, CancellationToken = stoppingToken },
                async (presence, _) => await BeatAsync(presence));
        }
    }

    private async Task BeatAsync(ChannelPresence presence)
    {
        if (DropIfEmpty(presence))
        {
            await TellLastAsync(presence);
            return;
        }

        try
        {
            await RenewAsync(presence);
        }
        catch (Exception exception)
        {
            Log.NotRenewed(logger, exception, presence.Channel);
        }
    }

    private ChannelPresence[] All()
    {
        lock (_gate)
        {
            return [.. _presences.Values];
        }
    }

    private bool DropIfEmpty(ChannelPresence presence)
    {
        lock (_gate)
        {
            return presence.IsEmpty && _presences.Remove(presence.Channel);
        }
    }

    private async Task TellLastAsync(ChannelPresence presence)
    {
        try
        {
            await grains.GetGrain<IChannelGrain>(presence.Channel.Value)
                .RenewGatewayAsync(presence.ToLease(gateway.Id, time.GetTimestamp(), isLast: true));
        }
        catch (Exception exception)
        {
            // The lease runs out by itself.
            Log.NotRenewed(logger, exception, presence.Channel);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Channel {Channel} could not be told of this gateway's viewers; the next beat tries again.", EventName = "LeaseNotRenewed")]
        public static partial void NotRenewed(ILogger logger, Exception exception, ChannelName channel);
    }
}
