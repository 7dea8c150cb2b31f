using OrleansRelay.Chaos.Processes;

namespace OrleansRelay.Cluster.Tests.Processes;

/// <summary>A PostgreSQL server of the tests' own.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly string _logs = System.IO.Directory.CreateTempSubdirectory("relay-postgres-test-").FullName;

    internal PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (!NeedsPostgresFactAttribute.IsLeftOut)
        {
            Server = await PostgresServer.StartAsync(_logs, CancellationToken.None);
        }
    }

    public async Task DisposeAsync()
    {
        await (Server?.DisposeAsync() ?? ValueTask.CompletedTask);
        System.IO.Directory.Delete(_logs, recursive: true);
    }
}
