using System.ComponentModel.DataAnnotations;

namespace OrleansRelay.Gateway.Ingest.DialBack;

/// <summary>Which callers of a dial-back are called back.</summary>
public enum DialBackAddresses
{
    /// <summary>All.</summary>
    Any,

    /// <summary>Only those outside the private, loopback and link-local ranges.</summary>
    Public,

    /// <summary>Only those inside them.</summary>
    Private,
}

/// <summary>How the relay connects to a streamer's dashboard that asks for it (seed 000).</summary>
public sealed class DialBackOptions
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "DialBack";

    /// <summary>Whether it does at all.</summary>
    /// <value>Default true.</value>
    public bool IsEnabled { get; set; } = true;

    /// <summary>The dashboard's port.</summary>
    /// <value>1 to 65535. Default 8889, as in seed 000.</value>
    [Range(1, 65535)]
    public int Port { get; set; } = 8889;

    /// <summary>The dashboard's path.</summary>
    /// <value>Default /game/1/time, as in seed 000: game 1, message type time.</value>
    [RegularExpression("^/.*$", ErrorMessage = "It must begin with a slash.")]
    public string Path { get; set; } = "/game/1/time";

    /// <summary>How long the relay tries before it tells the caller that it could not connect.</summary>
    /// <value>100 ms to 1 min. Default 10 s: two or three tries.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ConnectWithin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the relay tries to come back after a connection broke.</summary>
    /// <value>0 to 1 hour. Default 30 s, the publisher's lease.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ReconnectFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether what a dashboard sends after a reconnect is appended to the buffer, for dashboards that then send only what is new.</summary>
    /// <value>Default false: that of seed 000 sends its whole history to each connection, so the buffer begins anew with it.</value>
    public bool AppendsAfterReconnect { get; set; }

    /// <summary>Which callers are called back.</summary>
    /// <value>Any (default), Public or Private. Only ever the caller's own address is called, so Any lets nobody reach a third machine.</value>
    public DialBackAddresses Addresses { get; set; } = DialBackAddresses.Any;
}
