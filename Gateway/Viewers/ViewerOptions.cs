using System.ComponentModel.DataAnnotations;

namespace OrleansRelay.Gateway.Viewers;

/// <summary>How viewers are served. How far one may fall behind is the channel's own option (<c>Channels:Default:ViewerQueueBytes</c>).</summary>
public sealed class ViewerOptions
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Viewers";

    /// <summary>How often a WebSocket viewer is pinged, and an SSE viewer gets a comment.</summary>
    /// <value>1 s to 10 min. Default 45 s: below the 50 to 60 s after which proxies close what is idle. Each ping costs the relay 20 to 30 µs, and wakes a phone's radio.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan PingEvery { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How long an answer to a ping may take before the viewer counts as gone.</summary>
    /// <value>1 s to 10 min. Default 15 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan PongWithin { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one send may take before the viewer counts as gone, whatever its queue holds.</summary>
    /// <value>1 s to 10 min. Default 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan SendWithin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a closing handshake may take before the connection is cut.</summary>
    /// <value>100 ms to 1 min. Default 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan CloseWithin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a gateway stays subscribed to a channel after its last viewer left: a viewer that reloads finds it ready.</summary>
    /// <value>0 to 10 min. Default 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most bytes of encoded history that a gateway keeps for the next joiner, over all channels.</summary>
    /// <value>0 to 16 GiB. Default 64 MiB: eight whole games of seed 000.</value>
    [Range(0L, 16L << 30)]
    public long HistoryCacheBytes { get; set; } = 64 << 20;
}
