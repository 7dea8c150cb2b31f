using System.Globalization;
using OrleansRelay.Benchmarks.Compare;

namespace OrleansRelay.Benchmarks.Peers;

/// <summary>Node.js with the npm package <c>ws</c>: the relay of some twenty lines that its users write.</summary>
internal sealed class WsPeer : IPeer
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "Peers", "npm", "ws-relay.cjs");
    private static readonly string Modules = Path.Combine(InstalledPrograms.Folder, "npm", "node_modules");

    /// <inheritdoc/>
    public string Name => "ws";

    /// <inheritdoc/>
    public string Title => "ws";

    /// <inheritdoc/>
    public string? Missing() => InstalledPrograms.MissingOf("node") ?? (System.IO.Directory.Exists(Path.Combine(Modules, "ws")) ? null : "the npm package ws");

    /// <inheritdoc/>
    public Launch Start(int port, DirectoryInfo directory) => new()
    {
        Role = Role.Peer,
        Command = [InstalledPrograms.Find("node")!, Script, port.ToString(CultureInfo.InvariantCulture)],
        Environment = new Dictionary<string, string> { ["NODE_PATH"] = Modules, ["NODE_ENV"] = "production" },
    };
}
