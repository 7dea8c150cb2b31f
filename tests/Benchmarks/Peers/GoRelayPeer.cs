using System.Globalization;
using OrleansRelay.Benchmarks.Compare;

namespace OrleansRelay.Benchmarks.Peers;

/// <summary>Seed 002's original in Go: one room, whose every member gets what another sends. Whoever has built it names the program in <c>RELAY_GO_PROGRAM</c>.</summary>
internal sealed class GoRelayPeer : IPeer
{
    /// <summary>It has two buffers of 1 MiB for each connection: 5,000 would be 10 GiB.</summary>
    private const int MostViewers = 1000;

    private const string Variable = "RELAY_GO_PROGRAM";

    private static readonly string? Program = Environment.GetEnvironmentVariable(Variable);

    /// <inheritdoc/>
    public string Name => "go";

    /// <inheritdoc/>
    public string Title => "Go relay";

    /// <inheritdoc/>
    public string? Missing() => File.Exists(Program) ? null : $"what {Variable} names";

    /// <summary>Its address is a constant of its source, on all interfaces; the program must take it from <c>RELAY_LISTEN</c> instead.</summary>
    public Launch Start(int port, DirectoryInfo directory) => new()
    {
        Role = Role.PeerWithoutGate,
        Command = [Program!],
        Environment = new Dictionary<string, string> { ["RELAY_LISTEN"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}") },
        Flags = ["--publish-url", "{url}/ws/p{n}", "--view-url", "{url}/ws/v{n}"],
        Refuses = cell => cell.HasManyChannels ? "has one room" : cell.Viewers > MostViewers ? "would need 2 MiB for each viewer" : null,
    };
}
