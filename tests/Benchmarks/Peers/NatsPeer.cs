using System.Globalization;
using OrleansRelay.Benchmarks.Compare;

namespace OrleansRelay.Benchmarks.Peers;

/// <summary>The NATS server, its clients over WebSocket: no TLS, no compression, and room for viewers that are behind.</summary>
internal sealed class NatsPeer : IPeer
{
    private const string Program = "nats-server";

    /// <inheritdoc/>
    public string Name => "nats";

    /// <inheritdoc/>
    public string Title => "NATS";

    /// <inheritdoc/>
    public string? Missing() => InstalledPrograms.MissingOf(Program);

    /// <inheritdoc/>
    public Launch Start(int port, DirectoryInfo directory)
    {
        // Its own protocol's port is one that the system picks; nobody connects there.
        var settings = Path.Combine(directory.FullName, "nats.conf");
        File.WriteAllText(settings, string.Create(CultureInfo.InvariantCulture, $$"""
            host: 127.0.0.1
            port: -1
            max_connections: 20000
            max_pending: 268435456
            write_deadline: "20s"
            websocket { host: 127.0.0.1, port: {{port}}, no_tls: true, compression: false }

            """));
        return new Launch
        {
            Role = Role.Peer,
            Command = [InstalledPrograms.Find(Program)!, "-c", settings],
            Flags = ["--protocol", "nats", "--publish-url", "{url}/", "--view-url", "{url}/"],
        };
    }
}
