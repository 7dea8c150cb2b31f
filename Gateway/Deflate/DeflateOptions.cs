using System.ComponentModel.DataAnnotations;

namespace OrleansRelay.Gateway.Deflate;

/// <summary>Compression of WebSocket messages by permessage-deflate (RFC 7692), with clients that offer it.</summary>
public sealed class DeflateOptions
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Deflate";

    /// <summary>Whether offers are accepted.</summary>
    /// <value>Default false: it trades the gateway's CPU for the network, and whoever puts secrets and others' words into one message over TLS tells its length to eavesdroppers (CRIME, BREACH).</value>
    public bool IsEnabled { get; set; }

    /// <summary>Bytes below which a message to viewers is sent as it is.</summary>
    /// <value>0 to 16 MiB. Default 256. Measured: plain JSON of 512 B becomes a third, seed 000's messages of 270 B, which are packed already, shrink by 14 %; much less saves nothing beside a packet's own headers.</value>
    [Range(0, 16 << 20)]
    public int MinBytes { get; set; } = 256;

    /// <summary>The LZ77 window of messages to viewers, as a power of two: what a client must keep to inflate them. All get the same; an offer of less is declined.</summary>
    /// <value>9 to 15. Default 12, 4 KiB: the most that some widespread clients offer. Measured on 16 to 64 KiB of JSON and of seed 000's messages, 15 makes them 3 % smaller.</value>
    [Range(9, 15)]
    public int WindowBits { get; set; } = 12;

    /// <summary>How many times as large as its bytes on the wire may be what one connection makes the gateway inflate, beyond the first 64 KiB.</summary>
    /// <value>2 to 1032. Default 100: text and JSON stay below 20. 1032 is the most that DEFLATE can do, and so no limit.</value>
    [Range(2, 1032)]
    public int MaxInflateRatio { get; set; } = 100;
}
