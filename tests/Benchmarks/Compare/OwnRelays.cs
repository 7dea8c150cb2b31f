using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary>Starts the contenders that are of this repository: the relay, the floor program, the plain relay.</summary>
internal static class OwnRelays
{
    public const string FloorName = "floor", RelayName = "relay", PlainName = "plain relay";

    private static readonly string Benchmarks = typeof(OwnRelays).Assembly.Location;

    /// <summary>Starts the floor program.</summary>
    public static Task<Contender> StartFloorAsync(CancellationToken cancellationToken) => StartRivalAsync(FloorName, "floor", Role.Floor, cancellationToken);

    /// <summary>Starts the plain ASP.NET Core relay.</summary>
    public static Task<Contender> StartPlainAsync(CancellationToken cancellationToken) => StartRivalAsync(PlainName, "plain", Role.Plain, cancellationToken);

    /// <summary>Starts the relay, silo and gateway in one process.</summary>
    /// <param name="silo">OrleansRelay.Silo.dll.</param>
    /// <param name="data">A scratch folder of its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<Contender> StartRelayAsync(FileInfo silo, DirectoryInfo data, CancellationToken cancellationToken)
    {
        var port = FreePort();
        return Contender.StartAsync(RelayName, port, new Launch
        {
            Role = Role.Relay,
            Command = ["dotnet", silo.FullName],
            Environment = new Dictionary<string, string>
            {
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Text(port)}",
                ["Storage__Directory"] = data.FullName,
                ["Logging__LogLevel__Default"] = "None",

                // The publisher of idle viewers has nothing to say for minutes.
                ["Ingest__FirstMessageWithin"] = "00:05:00",

                // As the gateway's image and ./relay run have them.
                ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
                ["DOTNET_GCgen0size"] = "0x800000",
            },
        }, cancellationToken);
    }

    /// <summary>A free port.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts a rival that a command of this program serves.</summary>
    private static Task<Contender> StartRivalAsync(string name, string command, Role role, CancellationToken cancellationToken)
    {
        var port = FreePort();
        return Contender.StartAsync(name, port, new Launch { Role = role, Command = ["dotnet", Benchmarks, command, "--port", Text(port)] }, cancellationToken);
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
