using System.ComponentModel.DataAnnotations;

namespace OrleansRelay.Gateway.Hosting;

/// <summary>The gateway as a server.</summary>
public sealed class GatewayOptions
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Gateway";

    /// <summary>Most connections at once: viewers, publishers and hub members together.</summary>
    /// <value>1 to 10,000,000. Default 100,000.</value>
    [Range(1, 10_000_000)]
    public int MaxConnections { get; set; } = 100_000;

    /// <summary>Most connections at once from one address.</summary>
    /// <value>1 to 10,000,000. Default 20,000: a school or a load tester behind one address still gets in.</value>
    [Range(1, 10_000_000)]
    public int MaxConnectionsPerAddress { get; set; } = 20_000;

    /// <summary>How long a client may take to send its request.</summary>
    /// <value>1 s to 5 min. Default 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan HandshakeWithin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stopping gateway goes on serving after its readiness went off, until load balancers have noticed.</summary>
    /// <value>0 to 5 min. Default 0: nobody balances. In Kubernetes 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan DrainDelay { get; set; }

    /// <summary>How long a stopping gateway then takes at most to close publishers and viewers properly.</summary>
    /// <value>0 to 10 min. Default 10 s. A few viewers are closed at once; many in equal batches over four fifths of it.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainWithin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of a connection that are read ahead (READ_BUFFER_SIZE of seed 002).</summary>
    /// <value>4 KiB to 64 MiB. Default 64 KiB.</value>
    [Range(4 * 1024, 64 << 20)]
    public int ReadBufferBytes { get; set; } = 64 * 1024;

    /// <summary>The kernel's send buffer of a connection (WRITE_BUFFER_SIZE of seed 002).</summary>
    /// <value>0 to 64 MiB. Default 0: the kernel sizes it by the connection's speed.</value>
    [Range(0, 64 << 20)]
    public int WriteBufferBytes { get; set; }

    /// <summary>Addresses (<c>10.0.0.7</c>) and networks (<c>10.0.0.0/8</c>) of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.</summary>
    /// <value>Default none: nobody's.</value>
    [NetworkList]
    public string[] KnownProxies { get; set; } = [];

    /// <summary>The key that PATCH /api/channels asks for as a bearer token.</summary>
    /// <value>Default none: then only callers on this machine may.</value>
    public string OperatorKey { get; set; } = "";
}
