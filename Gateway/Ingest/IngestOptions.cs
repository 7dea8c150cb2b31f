using System.ComponentModel.DataAnnotations;

namespace OrleansRelay.Gateway.Ingest;

/// <summary>How messages are taken in.</summary>
public sealed class IngestOptions
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Ingest";

    /// <summary>Most bytes of one publisher that may be under way to the channel; beyond it the relay stops reading its socket.</summary>
    /// <value>64 KiB to 1 GiB. Default 4 MiB. One message always may be under way.</value>
    [Range(64 * 1024, 1 << 30)]
    public int InFlightBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Most messages of one call to the channel.</summary>
    /// <value>1 to 4,096. Default 256: measured, 32 messages a call cost a tenth of one message a call, and more than 256 gain nothing.</value>
    [Range(1, 4096)]
    public int BatchMessages { get; set; } = 256;

    /// <summary>Bytes after which a call to the channel takes no further message.</summary>
    /// <value>1 KiB to 64 MiB. Default 256 KiB.</value>
    [Range(1024, 64 << 20)]
    public int BatchBytes { get; set; } = 256 * 1024;

    /// <summary>Most calls of one publisher that are under way to the channel; what arrives meanwhile goes with the next.</summary>
    /// <value>1 to 16. Default 4. The channel stores them in their order, whichever comes first.</value>
    [Range(1, 16)]
    public int CallsUnderWay { get; set; } = 4;

    /// <summary>How long a call to the channel may take before it is made again; the next one may take twice as long.</summary>
    /// <value>50 ms to 1 min. Default 300 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a WebSocket publisher may take to its first message.</summary>
    /// <value>1 s to 1 day. Default 60 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan FirstMessageWithin { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a message's fragments may take from the first to the last.</summary>
    /// <value>1 s to 1 hour. Default 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MessageWithin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a channel may be out of reach before its publisher is asked to come back later.</summary>
    /// <value>1 s to 10 min. Default 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RetryFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a draining gateway goes on reading from a publisher that has been asked to come back, so that what it sent before it heard is taken in.</summary>
    /// <value>0 to 1 min. Default 2 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan CloseWithin { get; set; } = TimeSpan.FromSeconds(2);
}
