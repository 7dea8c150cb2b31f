using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Streams;

/// <content>What the log says of feeds.</content>
internal sealed partial class ChannelFeed
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The stream of channel {Channel} lost something; it will be read from the channel.", EventName = "StreamLost")]
        public static partial void StreamLost(ILogger logger, Exception exception, ChannelName channel);

        [LoggerMessage(2, LogLevel.Warning, "Channel {Channel} could not be read from offset {Next} on; the next batch or beat tries again.", EventName = "GapNotFilled")]
        public static partial void GapNotFilled(ILogger logger, Exception exception, ChannelName channel, long next);

        [LoggerMessage(3, LogLevel.Information, "Channel {Channel} went on from epoch {FormerEpoch} to {Epoch}.", EventName = "EpochChanged")]
        public static partial void EpochChanged(ILogger logger, ChannelName channel, long formerEpoch, long epoch);

        [LoggerMessage(5, LogLevel.Warning, "Channel {Channel} could not be subscribed to; until it can, the beat brings its messages a second late.", EventName = "NotSubscribed")]
        public static partial void NotSubscribed(ILogger logger, Exception exception, ChannelName channel);

        [LoggerMessage(6, LogLevel.Warning, "The subscription of channel {Channel} brings nothing while the channel goes on; subscribing again.", EventName = "SubscriptionDead")]
        public static partial void SubscriptionDead(ILogger logger, ChannelName channel);

        [LoggerMessage(4, LogLevel.Debug, "Channel {Channel} could not be unsubscribed from; its grain drops the subscription by itself.", EventName = "NotUnsubscribed")]
        public static partial void NotUnsubscribed(ILogger logger, Exception exception, ChannelName channel);
    }
}
