using System.Text;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Tests.Viewers;

/// <summary>Parts that tests of viewers are made of.</summary>
internal static class Build
{
    public static ChannelSettings Settings(SlowViewerPolicy policy = SlowViewerPolicy.Disconnect, int queueBytes = 1 << 20, int queueMessages = 10_000) =>
        new() { MaxMessageBytes = 1 << 20, ViewerQueueBytes = queueBytes, ViewerQueueMessages = queueMessages, SlowViewers = policy };

    public static Message Text(string text, long sender = 0) => new() { Kind = MessageKind.Text, Payload = Encoding.UTF8.GetBytes(text), Sender = sender };

    public static FrameLog Log(ViewerFormat format = ViewerFormat.Plain, long nextOffset = 1) => new(format, epoch: 7, nextOffset);

    /// <summary>Appends messages whose text is their offset.</summary>
    public static void AppendNumbers(this FrameLog log, int count)
    {
        for (var index = 0; index < count; index++)
        {
            log.Append([Text(log.NextOffset.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
        }
    }

    /// <summary>Attaches a queue where it gets everything from an offset on.</summary>
    public static void AttachFrom(this ViewerQueue queue, FrameLog log, long offset)
    {
        Assert.True(log.TryFind(offset, out var chunk, out var frame));
        queue.Attach(log, chunk, frame, offset);
    }

    /// <summary>Takes all that waits, as the messages that a viewer reads.</summary>
    public static string[] TakeAll(this ViewerQueue queue)
    {
        var bytes = new MemoryStream();
        while (queue.TryTake(out var part, out _))
        {
            bytes.Write(part.Span);
        }

        return Frames(bytes.ToArray());
    }

    /// <summary>Cuts short WebSocket frames apart: texts as they are, relay.v1 messages as their payload, notices as their type.</summary>
    public static string[] Frames(ReadOnlySpan<byte> bytes)
    {
        var frames = new List<string>();
        while (bytes.Length > 0)
        {
            var (header, length) = bytes[1] == 126 ? (4, (bytes[2] << 8) | bytes[3]) : (2, bytes[1]);
            var payload = bytes.Slice(header, length);
            var text = Encoding.UTF8.GetString(bytes[0] == 0x82 ? payload[18..] : payload);
            frames.Add(text.StartsWith('{') ? text : text.TrimEnd('.'));
            bytes = bytes[(header + length)..];
        }

        return [.. frames];
    }
}
