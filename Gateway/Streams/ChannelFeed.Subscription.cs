using Orleans.Streams;
using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Streams;

/// <content>The feed's subscription: held while the channel is in another process, and renewed when it is found dead.</content>
internal sealed partial class ChannelFeed
{
    /// <summary>Beats in a row that find the feed behind before its subscription counts as dead. One may just have come before the stream.</summary>
    private const int SilentBeatsAllowed = 2;

    /// <summary>The way to channels of other processes; null in a process that is alone.</summary>
    private readonly IStreamProvider? _streams;

    private StreamSubscriptionHandle<ChannelBatch>? _subscription;
    private int _silentBeats;

    private bool NeedsStream => _streams is not null && _local.Host is null;

    /// <summary>The channel has come to this process or left it: an empty arrival has the subscription looked after.</summary>
    public void HostChanged()
    {
        if (_isStarted && _streams is not null)
        {
            TryBring(new Arrival(Batch: null));
        }
    }

    /// <summary>Subscribes when the channel has left this process, and asks what it has stored meanwhile; unsubscribes when it has come.</summary>
    private async Task FollowHostAsync()
    {
        await LookAfterSubscriptionAsync(isBehind: false);
        if (NeedsStream)
        {
            await _presences.RenewAsync(_presence!);
        }
    }

    /// <summary>
    /// A subscription that can't be had (the database that keeps it is away) does not keep viewers out: until it can, the beat alone
    /// brings the channel here, a second late.
    /// </summary>
    private async Task TrySubscribeAsync()
    {
        try
        {
            _subscription = await _streams!.GetStream<ChannelBatch>(ChannelStreams.Of(Channel)).SubscribeAsync(this);
        }
        catch (Exception exception)
        {
            _subscription = null;
            Log.NotSubscribed(_logger, exception, Channel);
        }
    }

    /// <summary>Subscribes again when beat after beat brings what the stream should have brought: the subscription is dead, and nobody says so.</summary>
    private async Task LookAfterSubscriptionAsync(bool isBehind)
    {
        if (!NeedsStream)
        {
            await UnsubscribeAsync();
            return;
        }

        _silentBeats = isBehind ? _silentBeats + 1 : 0;
        if (_subscription is not null && _silentBeats < SilentBeatsAllowed)
        {
            return;
        }

        _silentBeats = 0;
        if (_subscription is not null)
        {
            Log.SubscriptionDead(_logger, Channel);
            await UnsubscribeAsync();
        }

        await TrySubscribeAsync();
        _presence!.TellSoon();
    }

    private async Task UnsubscribeAsync()
    {
        try
        {
            if (_subscription is not null)
            {
                await _subscription.UnsubscribeAsync();
            }
        }
        catch (Exception exception)
        {
            Log.NotUnsubscribed(_logger, exception, Channel);
        }
        finally
        {
            _subscription = null;
        }
    }
}
