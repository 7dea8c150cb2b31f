using Microsoft.Extensions.Logging;
using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <content>What the log says of channels.</content>
internal sealed partial class ChannelGrain
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Channel {Channel} woke in epoch {Epoch} at offset {Head} with {Messages} messages.", EventName = "ChannelWoke")]
        public static partial void Woke(ILogger logger, ChannelName channel, long epoch, long head, int messages);

        [LoggerMessage(2, LogLevel.Debug, "Channel {Channel} stored its buffer: epoch {Epoch}, offset {Head}, {Bytes} bytes.", EventName = "ChannelBufferStored")]
        public static partial void BufferStored(ILogger logger, ChannelName channel, long epoch, long head, long bytes);

        [LoggerMessage(3, LogLevel.Error, "Channel {Channel} could not store its buffer; it will come back empty, in a new epoch.", EventName = "ChannelBufferNotStored")]
        public static partial void BufferNotStored(ILogger logger, Exception exception, ChannelName channel);

        [LoggerMessage(4, LogLevel.Warning, "The stream of channel {Channel} refused the {Messages} messages from offset {FirstOffset}; gateways will fetch them.", EventName = "ChannelStreamRefused")]
        public static partial void StreamRefused(ILogger logger, Exception exception, ChannelName channel, long firstOffset, int messages);

        [LoggerMessage(5, LogLevel.Warning, "Channel {Channel} heard nothing of gateway {GatewayId} for its lease; its viewers and members are off the roster.", EventName = "ChannelGatewayLost")]
        public static partial void GatewayLost(ILogger logger, ChannelName channel, string gatewayId);

        [LoggerMessage(6, LogLevel.Warning, "Channel {Channel} could not tell the directory; it tries again at the next beat.", EventName = "ChannelNotListed")]
        public static partial void NotListed(ILogger logger, Exception exception, ChannelName channel);

        [LoggerMessage(7, LogLevel.Error, "Channel {Channel} could not store its record; the start or end of its stream is forgotten if it stops now.", EventName = "ChannelRecordNotWritten")]
        public static partial void RecordNotWritten(ILogger logger, Exception exception, ChannelName channel);

        [LoggerMessage(8, LogLevel.Information, "Channel {Channel} took its buffer from its second copy: epoch {Epoch}, offset {Head}, {Messages} messages.", EventName = "ChannelRecovered")]
        public static partial void Recovered(ILogger logger, ChannelName channel, long epoch, long head, int messages);

        [LoggerMessage(9, LogLevel.Warning, "Channel {Channel} is owned by another activation now; this one acknowledges nothing any more.", EventName = "ChannelFenced")]
        public static partial void Fenced(ILogger logger, ChannelName channel);

        [LoggerMessage(11, LogLevel.Debug, "Channel {Channel} left its buffer to its second copy.", EventName = "ChannelHandedOver")]
        public static partial void HandedOver(ILogger logger, ChannelName channel);

        [LoggerMessage(10, LogLevel.Warning, "Channel {Channel} has no second copy at the moment; the next publish or beat makes one.", EventName = "ChannelNotReplicated")]
        public static partial void NotReplicated(ILogger logger, Exception exception, ChannelName channel);
    }
}
