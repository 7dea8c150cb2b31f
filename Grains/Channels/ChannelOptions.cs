using System.ComponentModel.DataAnnotations;
using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <summary>How the channels of one namespace behave.</summary>
/// <remarks>
/// Read from <c>Channels:Default</c> and, over it, <c>Channels:Namespaces:{namespace}</c>. Bytes are bytes of payload; time spans
/// are written as <c>00:00:30</c>.
/// </remarks>
public sealed class ChannelOptions
{
    /// <summary>Most messages that a channel holds for late joiners.</summary>
    /// <value>0 to 10,000,000. Default 30,000: a whole game of seed 000, whose longest has 29,407.</value>
    [Range(0, 10_000_000)]
    public int HistoryMessages { get; set; } = 30_000;

    /// <summary>Most payload bytes that a channel holds for late joiners.</summary>
    /// <value>0 to 1 GiB. Default 8 MiB: the longest game of seed 000 has 7,986 kB.</value>
    [Range(0, 1 << 30)]
    public int HistoryBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>How long a message is held.</summary>
    /// <value>1 s to 30 days. Default 6 hours, longer than any game.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan HistoryAge { get; set; } = TimeSpan.FromHours(6);

    /// <summary>How long the buffer is kept after the end of a stream.</summary>
    /// <value>0 to 30 days. Default 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan KeepAfterEnd { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Largest message, in bytes.</summary>
    /// <value>1 to 256 MiB. Default 10 MiB, as in seed 002 (its variable MAX_MESSAGE_SIZE sets this one).</value>
    [Range(1, 256 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>Most bytes that may wait for one viewer before it counts as slow.</summary>
    /// <value>4 KiB to 1 GiB. Default 1 MiB, Centrifugo's default: two seconds of a 4 Mbit/s channel. At least one message always may wait.</value>
    [Range(4 * 1024, 1 << 30)]
    public int ViewerQueueBytes { get; set; } = 1024 * 1024;

    /// <summary>Most messages that may wait for one viewer before it counts as slow.</summary>
    /// <value>1 to 1,000,000. Default 10,000.</value>
    [Range(1, 1_000_000)]
    public int ViewerQueueMessages { get; set; } = 10_000;

    /// <summary>What happens to a slow viewer.</summary>
    /// <value>Disconnect (default), DropOldest or LatestOnly.</value>
    public SlowViewerPolicy SlowViewers { get; set; } = SlowViewerPolicy.Disconnect;

    /// <summary>What happens when a second publisher comes.</summary>
    /// <value>TakeOver (default), Refuse or Shared.</value>
    public PublisherPolicy Publishers { get; set; } = PublisherPolicy.TakeOver;

    /// <summary>How long a lost publisher may take to come back before its stream counts as ended; also how long a channel fed by HTTP counts as live.</summary>
    /// <value>1 s to 1 hour. Default 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan PublisherLease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a publisher that left is remembered, so that a resent message is recognised.</summary>
    /// <value>1 s to 1 day. Default 10 minutes; NATS and Centrifugo keep 2 and 5.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan DedupeFor { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Who must have a message before it is acknowledged and sent to viewers.</summary>
    /// <value>Replicated (default; a cluster of one silo does what it can) or Received. Namespace <c>video</c>: Received.</value>
    public AckLevel Ack { get; set; } = AckLevel.Replicated;

    /// <summary>Whether live channels stand in the public list.</summary>
    /// <value>Default true.</value>
    public bool IsListed { get; set; } = true;
}

/// <summary>Who must have a message before it is acknowledged.</summary>
public enum AckLevel
{
    /// <summary>The channel's silo: its crash loses the buffer.</summary>
    Received,

    /// <summary>Two silos: the crash of one loses nothing.</summary>
    Replicated,
}
