using System.Globalization;

namespace OrleansRelay.Chaos.Processes;

/// <summary>PostgreSQL, silos and gateways as processes on this machine, ready to be used.</summary>
internal sealed class RelayCluster : IAsyncDisposable
{
    private RelayCluster(PostgresServer postgres, string logFolder) => (Postgres, LogFolder) = (postgres, logFolder);

    /// <summary>The database.</summary>
    public PostgresServer Postgres { get; }

    /// <summary>Where each process writes its log.</summary>
    public string LogFolder { get; }

    /// <summary>The silos.</summary>
    public IReadOnlyList<RelayProcess> Silos { get; private set; } = [];

    /// <summary>The gateways.</summary>
    public IReadOnlyList<RelayProcess> Gateways { get; private set; } = [];

    /// <summary>Where publishers and viewers connect: the gateways, or the silos where those serve as gateways.</summary>
    public IReadOnlyList<RelayProcess> Entries => Gateways.Count > 0 ? Gateways : Silos;

    /// <summary>What such a cluster is made of, in words.</summary>
    public static string Describe(int silos, int gateways) => gateways > 0 ? $"{silos} silos and {gateways} gateways" : $"{silos} silos that serve as gateways, too";

    /// <summary>Starts all of it and waits until every process is ready.</summary>
    /// <param name="silos">How many silos.</param>
    /// <param name="gateways">How many gateways; with 0 the silos serve as gateways, too.</param>
    /// <param name="logFolder">Where the logs go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="settings">What else to tell every process, as environment variables.</param>
    public static async Task<RelayCluster> StartAsync(
        int silos, int gateways, string logFolder, TimeProvider time, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? settings = null)
    {
        Directory.CreateDirectory(logFolder);
        var cluster = new RelayCluster(await PostgresServer.StartAsync(logFolder, cancellationToken), logFolder);
        try
        {
            var shared = new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
            {
                ["Cluster__Mode"] = "Postgres",
                ["Cluster__ConnectionString"] = cluster.Postgres.ConnectionString,
                ["Cluster__AdvertisedAddress"] = "127.0.0.1",

                // Many processes on few cores: each keeps to a small heap.
                ["DOTNET_gcServer"] = "0",

                // What happened when is the first question to a log here.
                ["Logging__Console__FormatterName"] = "simple",
                ["Logging__Console__FormatterOptions__TimestampFormat"] = "HH:mm:ss.fff ",
                ["Logging__Console__FormatterOptions__UseUtcTimestamp"] = "true",
            };
            var schemaLog = Path.Combine(logFolder, "db.log");
            if (await ExternalProgram.RunAsync(schemaLog, shared, RelayBinaries.Silo("db"), cancellationToken) != 0)
            {
                throw new InvalidOperationException($"The schema could not be applied:{Environment.NewLine}{ExternalProgram.Tail(schemaLog)}");
            }

            var ports = FreePorts.Take((silos * 3) + gateways);
            cluster.Silos = [.. Enumerable.Range(0, silos).Select(index => cluster.MakeSilo(index, ports.AsSpan(index * 3, 3), servesGateway: gateways == 0, shared, time))];
            cluster.Gateways = [.. Enumerable.Range(0, gateways).Select(index => cluster.MakeGateway(index, ports[(silos * 3) + index], shared, time))];
            foreach (var group in (IReadOnlyList<RelayProcess>[])[cluster.Silos, cluster.Gateways])
            {
                foreach (var process in group)
                {
                    process.Start();
                }

                await Task.WhenAll(group.Select(process => process.WaitReadyAsync(1, cancellationToken)));
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Gateways.Select(gateway => gateway.DisposeAsync().AsTask()));
        await Task.WhenAll(Silos.Select(silo => silo.DisposeAsync().AsTask()));
        await Postgres.DisposeAsync();
    }

    private RelayProcess MakeSilo(int index, ReadOnlySpan<int> ports, bool servesGateway, Dictionary<string, string> shared, TimeProvider time) =>
        Make($"silo{index + 1}", ports[0], RelayBinaries.Silo(), time, new Dictionary<string, string>(shared)
        {
            ["Silo__ServesGateway"] = servesGateway ? "true" : "false",
            ["Cluster__SiloPort"] = ports[1].ToString(CultureInfo.InvariantCulture),
            ["Cluster__GatewayPort"] = ports[2].ToString(CultureInfo.InvariantCulture),
        });

    private RelayProcess MakeGateway(int index, int port, Dictionary<string, string> shared, TimeProvider time) =>
        Make($"gateway{index + 1}", port, RelayBinaries.Gateway(), time, new Dictionary<string, string>(shared)
        {
            // As the gateway's image has it.
            ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
        });

    private RelayProcess Make(string name, int port, string[] command, TimeProvider time, Dictionary<string, string> environment)
    {
        var address = new Uri($"http://127.0.0.1:{port}/");
        environment["ASPNETCORE_URLS"] = address.ToString();
        return new RelayProcess(name, address, Path.Combine(LogFolder, $"{name}.log"), command, environment, time);
    }
}
