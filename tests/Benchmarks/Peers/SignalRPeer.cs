using System.Globalization;
using OrleansRelay.Benchmarks.Compare;

namespace OrleansRelay.Benchmarks.Peers;

/// <summary>SignalR of the ASP.NET Core that this program runs on: a hub with groups, JSON, WebSockets without negotiation.</summary>
internal sealed class SignalRPeer : IPeer
{
    /// <inheritdoc/>
    public string Name => "signalr";

    /// <inheritdoc/>
    public string Title => "SignalR";

    /// <inheritdoc/>
    public string? Missing() => null;

    /// <inheritdoc/>
    public Launch Start(int port, DirectoryInfo directory) => new()
    {
        Role = Role.Peer,
        Command = ["dotnet", typeof(SignalRPeer).Assembly.Location, "signalr", "--port", port.ToString(CultureInfo.InvariantCulture)],
        Flags = ["--protocol", "signalr", "--text", "--publish-url", "{url}/relay", "--view-url", "{url}/relay"],
    };
}
