using System.Globalization;

namespace OrleansRelay.Chaos.Processes;

/// <summary>A PostgreSQL server of this tool's own: its data, port and socket are nobody else's, and end with it.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly IReadOnlyDictionary<string, string> NoVariables = new Dictionary<string, string> { ["LC_ALL"] = "C" };

    private readonly string _folder;
    private readonly string _log;
    private readonly string _binaries;

    private PostgresServer(string folder, string log, string binaries, int port) => (_folder, _log, _binaries, Port) = (folder, log, binaries, port);

    /// <summary>Its port on the loopback address.</summary>
    public int Port { get; }

    /// <summary>How a silo reaches it. A short time-out: a call that finds it gone must not wait for long.</summary>
    public string ConnectionString => ConnectionStringOf("relay");

    private string DataFolder => Path.Combine(_folder, "data");

    /// <summary>Makes and starts one with an empty database <c>relay</c>.</summary>
    /// <param name="logFolder">Where its log goes.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="InvalidOperationException">There is no PostgreSQL here, or it doesn't start.</exception>
    public static async Task<PostgresServer> StartAsync(string logFolder, CancellationToken cancellationToken)
    {
        var binaries = FindBinaries()
            ?? throw new InvalidOperationException("There is no PostgreSQL server on this machine. Install one (tests/Cluster.Tests/install.sh, or: apt-get install postgresql).");
        var folder = Directory.CreateTempSubdirectory("relay-postgres-").FullName;
        var server = new PostgresServer(folder, Path.Combine(logFolder, "postgres.log"), binaries, FreePorts.Take(1)[0]);
        try
        {
            if (IsRoot && await ExternalProgram.RunAsync(server._log, NoVariables, ["chown", "postgres", folder], cancellationToken) != 0)
            {
                throw new InvalidOperationException("There is no user 'postgres', as whom PostgreSQL would run: it refuses to run as root.");
            }

            // No disk is waited for: what is tested is the process's end, not the machine's.
            await server.RunAsync(["initdb", "-D", server.DataFolder, "-U", "postgres", "-A", "trust", "-N", "--no-instructions"], cancellationToken);
            await server.StartAsync(cancellationToken);
            await server.CreateDatabaseAsync("relay", cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>How one of its databases is reached.</summary>
    public string ConnectionStringOf(string database) =>
        $"Host=127.0.0.1;Port={Port};Database={database};Username=postgres;Password=none;Timeout=3;Command Timeout=5";

    /// <summary>Makes another empty database.</summary>
    public Task CreateDatabaseAsync(string name, CancellationToken cancellationToken) =>
        RunAsync(["createdb", "-h", _folder, "-p", Text(Port), "-U", "postgres", name], cancellationToken);

    /// <summary>Runs SQL in a database.</summary>
    public Task ExecuteAsync(string database, string sql, CancellationToken cancellationToken) =>
        RunAsync(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", _folder, "-p", Text(Port), "-U", "postgres", "-d", database, "-c", sql], cancellationToken);

    /// <summary>Starts it, the first time or again.</summary>
    public Task StartAsync(CancellationToken cancellationToken) =>
        RunAsync(["pg_ctl", "-D", DataFolder, "-w", "-o", $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c fsync=off", "start"], cancellationToken);

    /// <summary>Ends it as a crash would: no connection is told, nothing is written.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => RunAsync(["pg_ctl", "-D", DataFolder, "-m", "immediate", "-w", "stop"], cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(DataFolder, "postmaster.pid")))
        {
            await StopAsync(CancellationToken.None);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>Debian keeps the server's programs off the path, a folder for each version; the newest one is taken.</summary>
    private static string? FindBinaries()
    {
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0).Select(folder => Path.Combine(folder, "bin"))
            : [];
        return debian.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task RunAsync(string[] command, CancellationToken cancellationToken)
    {
        string[] own = [Path.Combine(_binaries, command[0]), .. command[1..]];
        var exitCode = await ExternalProgram.RunAsync(_log, NoVariables, IsRoot ? ["runuser", "-u", "postgres", "--", .. own] : own, cancellationToken);
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {exitCode}:{Environment.NewLine}{ExternalProgram.Tail(_log)}");
        }
    }
}
