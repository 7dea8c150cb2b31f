using System.Globalization;
using OrleansRelay.Chaos.Processes;

namespace OrleansRelay.Cluster.Tests.Processes;

/// <summary>What a silo says of a database that it can't use: in one sentence, at once, with exit code 2.</summary>
public sealed class DatabaseTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int WrongSettings = 2;
    private const int Processes = 5;

    private readonly string _database = $"db{Guid.NewGuid():N}";

    [NeedsPostgresFact]
    public async Task SchemaIsAppliedOnceByFiveThatStartTogether()
    {
        await postgres.Server.CreateDatabaseAsync(_database, CancellationToken.None);

        var runs = await Task.WhenAll(Enumerable.Range(0, Processes).Select(_ => RunAsync(postgres.Server.ConnectionStringOf(_database), "db")));

        Assert.All(runs, run => Assert.True(run.ExitCode == 0, run.Output));
        Assert.Single(runs, run => run.Output.Contains("Applied step 1 ", StringComparison.Ordinal));
    }

    [NeedsPostgresFact]
    public async Task DatabaseThatIsMissingIsSaidToBe()
    {
        var (exitCode, output) = await RunAsync(postgres.Server.ConnectionStringOf("nowhere"));

        Assert.Equal(WrongSettings, exitCode);
        Assert.Contains("The server is there, the database isn't", output, StringComparison.Ordinal);
    }

    [NeedsPostgresFact]
    public async Task ServerThatIsNotThereIsSaidNotToBe()
    {
        var port = FreePorts.Take(1)[0].ToString(CultureInfo.InvariantCulture);

        var (exitCode, output) = await RunAsync($"Host=127.0.0.1;Port={port};Database=relay;Username=postgres;Timeout=3");

        Assert.Equal(WrongSettings, exitCode);
        Assert.Contains("can't be reached", output, StringComparison.Ordinal);
    }

    [NeedsPostgresFact]
    public async Task DatabaseWithoutTheSchemaIsToldHowToGetIt()
    {
        await postgres.Server.CreateDatabaseAsync(_database, CancellationToken.None);

        var (exitCode, output) = await RunAsync(postgres.Server.ConnectionStringOf(_database));

        Assert.Equal(WrongSettings, exitCode);
        Assert.Contains("./relay db", output, StringComparison.Ordinal);
    }

    [NeedsPostgresFact]
    public async Task SchemaOfANewerRelayIsLeftAlone()
    {
        await MakeAsync();
        await postgres.Server.ExecuteAsync(_database, "INSERT INTO relay_schema (step, name) VALUES (9999, 'of tomorrow')", CancellationToken.None);

        var (exitCode, output) = await RunAsync(postgres.Server.ConnectionStringOf(_database));

        Assert.Equal(WrongSettings, exitCode);
        Assert.Contains("a newer relay has been here", output, StringComparison.Ordinal);
    }

    [NeedsPostgresFact]
    public async Task DatabaseThatTakesNoWritesIsRefused()
    {
        await MakeAsync();
        await postgres.Server.ExecuteAsync("postgres", $"ALTER DATABASE {_database} SET default_transaction_read_only = on", CancellationToken.None);

        var (exitCode, output) = await RunAsync(postgres.Server.ConnectionStringOf(_database));

        Assert.Equal(WrongSettings, exitCode);
        Assert.Contains("read-only", output, StringComparison.Ordinal);
    }

    private async Task MakeAsync()
    {
        await postgres.Server.CreateDatabaseAsync(_database, CancellationToken.None);
        var (exitCode, output) = await RunAsync(postgres.Server.ConnectionStringOf(_database), "db");
        Assert.True(exitCode == 0, output);
    }

    /// <summary>Runs a silo, or its command, to its end.</summary>
    private static async Task<(int ExitCode, string Output)> RunAsync(string connectionString, params string[] arguments)
    {
        var log = Path.GetTempFileName();
        var ports = FreePorts.Take(3);
        var exitCode = await ExternalProgram.RunAsync(log, new Dictionary<string, string>
        {
            ["Cluster__Mode"] = "Postgres",
            ["Cluster__ConnectionString"] = connectionString,
            ["Cluster__AdvertisedAddress"] = "127.0.0.1",
            ["Cluster__SiloPort"] = ports[0].ToString(CultureInfo.InvariantCulture),
            ["Cluster__GatewayPort"] = ports[1].ToString(CultureInfo.InvariantCulture),
            ["Silo__ServesGateway"] = "false",
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{ports[2]}",
        }, RelayBinaries.Silo(arguments), CancellationToken.None).WithinTest("the process to end");
        var output = await File.ReadAllTextAsync(log);
        File.Delete(log);
        return (exitCode, output);
    }
}
