using OrleansRelay.Chaos.Processes;

namespace OrleansRelay.Cluster.Tests.Processes;

/// <summary>Two silos, two gateways and PostgreSQL as processes, started once for the tests that break nothing which another test needs.</summary>
public sealed class ClusterProcesses : IAsyncLifetime
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(200);
    private readonly string _logs = System.IO.Directory.CreateTempSubdirectory("relay-cluster-test-").FullName;

    internal RelayCluster Cluster { get; private set; } = null!;

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false });

    public async Task InitializeAsync()
    {
        if (!NeedsPostgresFactAttribute.IsLeftOut)
        {
            Cluster = await RelayCluster.StartAsync(2, 2, _logs, TimeProvider.System, CancellationToken.None);
        }
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await (Cluster?.DisposeAsync() ?? ValueTask.CompletedTask);
        System.IO.Directory.Delete(_logs, recursive: true);
    }

    /// <summary>Asks a process until its answer is as expected: between processes there is no event to wait for.</summary>
    public async Task AnswersAsync(Uri address, Func<string, bool> isExpected, string what) => await AskAsync(address, isExpected).WithinTest(what);

    private async Task AskAsync(Uri address, Func<string, bool> isExpected)
    {
        while (true)
        {
            using var answer = await Http.GetAsync(address);
            if (isExpected(await answer.Content.ReadAsStringAsync()))
            {
                return;
            }

            await Task.Delay(AskEvery, TimeProvider.System);
        }
    }
}
