using System.CommandLine;
using OrleansRelay.Chaos.Processes;

namespace OrleansRelay.Chaos;

/// <summary><c>cluster --silos 3 --gateways 2 --port 8080</c>: a cluster to use, until Ctrl-C.</summary>
internal static class ClusterCommand
{
    public static Command Create()
    {
        Option<int> silos = new("--silos") { Description = "How many silos.", DefaultValueFactory = _ => 3 };
        Option<int> gateways = new("--gateways") { Description = "How many gateways; with 0 the silos serve as gateways, too.", DefaultValueFactory = _ => 2 };
        Option<int> port = new("--port") { Description = "The port that leads to all gateways in turn.", DefaultValueFactory = _ => 8080 };

        Command command = new("cluster", "Starts PostgreSQL, silos and gateways on this machine and runs them until Ctrl-C.") { silos, gateways, port };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var (output, errors) = (arguments.InvocationConfiguration.Output, arguments.InvocationConfiguration.Error);
            try
            {
                await RunAsync(arguments.GetValue(silos), arguments.GetValue(gateways), arguments.GetValue(port), output, cancellationToken);
                return 0;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return 0;
            }
            catch (Exception exception) when (exception is InvalidOperationException or System.Net.Sockets.SocketException or IOException)
            {
                await errors.WriteLineAsync(exception.Message);
                return 1;
            }
        });
        return command;
    }

    private static async Task RunAsync(int silos, int gateways, int port, TextWriter output, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var logs = Directory.CreateTempSubdirectory("relay-cluster-").FullName;
        await output.WriteLineAsync($"Starting PostgreSQL, {RelayCluster.Describe(silos, gateways)}; their logs are in {logs}");
        await using var cluster = await RelayCluster.StartAsync(silos, gateways, logs, time, cancellationToken);
        await using var balancer = new RoundRobinBalancer(port, cluster.Entries, time);
        balancer.Start();
        await output.WriteLineAsync($"  postgres   127.0.0.1:{cluster.Postgres.Port}");
        foreach (var process in cluster.Silos.Concat(cluster.Gateways))
        {
            process.Ended = (ended, exitCode) => output.WriteLine($"{ended.Name} ended with {exitCode}; it is started again. Its log: {ended.LogFile}");
            await output.WriteLineAsync($"  {process.Name,-10} {process.Address}  pid {process.ProcessId}");
        }

        await output.WriteLineAsync($"Open http://127.0.0.1:{port}/ ; it leads to all gateways in turn. Ctrl-C stops everything.");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        }
        finally
        {
            await output.WriteLineAsync("Stopping.");
        }
    }
}
