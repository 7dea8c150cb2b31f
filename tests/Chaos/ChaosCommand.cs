using System.CommandLine;
using OrleansRelay.Chaos.Faults;
using OrleansRelay.Chaos.Reports;

namespace OrleansRelay.Chaos;

/// <summary><c>chaos --minutes 5 --seed 1</c>: breaks a cluster under load and says whether anything was lost.</summary>
internal static class ChaosCommand
{
    public static Command Create()
    {
        Option<double> minutes = new("--minutes") { Description = "How long faults are injected.", DefaultValueFactory = _ => 5 };
        Option<int> seed = new("--seed") { Description = "The same seed gives the same faults in the same order.", DefaultValueFactory = _ => 1 };
        Option<FaultKind[]> faults = new("--faults") { Description = "Which kinds: Kill, Terminate, Pause, Postgres. Default: all.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        Option<int> silos = new("--silos") { Description = "How many silos.", DefaultValueFactory = _ => 3 };
        Option<int> gateways = new("--gateways") { Description = "How many gateways; with 0 the silos serve as gateways, too.", DefaultValueFactory = _ => 2 };
        Option<int> channels = new("--channels") { Description = "How many channels.", DefaultValueFactory = _ => 8 };
        Option<int> publishers = new("--publishers") { Description = "How many publishers; more than channels share them.", DefaultValueFactory = _ => 8 };
        Option<int> viewers = new("--viewers") { Description = "How many viewers, over all channels.", DefaultValueFactory = _ => 40 };
        Option<double> rate = new("--rate") { Description = "Messages a second of each publisher.", DefaultValueFactory = _ => 50 };
        Option<double> postgres = new("--postgres-seconds") { Description = "How long PostgreSQL is stopped at a time.", DefaultValueFactory = _ => 30 };
        Option<DirectoryInfo?> folder = new("--output") { Description = "Where logs, report and history go. Default: a new folder in the temporary one." };

        Command command = new("chaos", "Kills, stops, pauses and restarts silos, gateways and PostgreSQL under load, and checks what publishers and viewers saw.")
        {
            minutes, seed, faults, silos, gateways, channels, publishers, viewers, rate, postgres, folder,
        };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var (output, errors) = (arguments.InvocationConfiguration.Output, arguments.InvocationConfiguration.Error);
            var settings = new ChaosSettings
            {
                Seed = arguments.GetValue(seed),
                For = TimeSpan.FromMinutes(arguments.GetValue(minutes)),
                Faults = arguments.GetValue(faults) ?? [],
                Silos = arguments.GetValue(silos),
                Gateways = arguments.GetValue(gateways),
                Channels = arguments.GetValue(channels),
                Publishers = arguments.GetValue(publishers),
                Viewers = arguments.GetValue(viewers),
                Rate = arguments.GetValue(rate),
                PostgresFor = TimeSpan.FromSeconds(arguments.GetValue(postgres)),
            };
            try
            {
                var into = arguments.GetValue(folder)?.FullName ?? Directory.CreateTempSubdirectory("relay-chaos-").FullName;
                var report = await ChaosRun.RunAsync(settings, into, output, cancellationToken);
                await output.WriteLineAsync();
                ReportText.Write(report, output);
                await output.WriteLineAsync($"report and history: {into}");
                return report.IsKept ? 0 : 1;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await output.WriteLineAsync("Stopped.");
                return 130;
            }
            catch (Exception exception) when (exception is InvalidOperationException or OperationCanceledException)
            {
                // Let out of here, a cancellation would end the run without a word.
                await errors.WriteLineAsync($"The run could not be finished: {exception.Message}");
                return 1;
            }
        });
        return command;
    }
}
