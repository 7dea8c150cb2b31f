using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary>Starts the contenders that are of this repository: the relay, the floor program, the plain relay.</summary>
internal static class OwnRelays
{
    public const string FloorName = "floor", PlainName = "plain";

    private static readonly string Benchmarks = typeof(OwnRelays).Assembly.Location;

    /// <summary>Starts the floor program.</summary>
    public static Task<Contender> StartFloorAsync(CancellationToken cancellationToken) => StartRivalAsync(FloorName, cancellationToken);

    /// <summary>Starts the plain ASP.NET Core relay.</summary>
    public static Task<Contender> StartPlainAsync(CancellationToken cancellationToken) => StartRivalAsync(PlainName, cancellationToken);

    /// <summary>Starts the relay, silo and gateway in one process.</summary>
    /// <param name="silo">OrleansRelay.Silo.dll.</param>
    /// <param name="data">A scratch folder of its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<Contender> StartRelayAsync(FileInfo silo, DirectoryInfo data, CancellationToken cancellationToken)
    {
        var port = FreePort();
        return Contender.StartAsync("relay", port, new Launch
        {
            Command = ["dotnet", silo.FullName],
            Environment = new Dictionary<string, string>
            {
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Text(port)}",
                ["Storage__Directory"] = data.FullName,
                ["Logging__LogLevel__Default"] = "None",

                // As the gateway's image and ./relay run have them.
                ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
                ["DOTNET_GCgen0size"] = "0x800000",
            },
        }, cancellationToken);
    }

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The commands of this program have the names of what they serve.</summary>
    private static Task<Contender> StartRivalAsync(string name, CancellationToken cancellationToken)
    {
        var port = FreePort();
        return Contender.StartAsync(name, port, new Launch { Command = ["dotnet", Benchmarks, name, "--port", Text(port)] }, cancellationToken);
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
