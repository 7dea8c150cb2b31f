using System.CommandLine;
using OrleansRelay.Benchmarks.Peers;
using OrleansRelay.LoadTest.Measuring;
using OrleansRelay.LoadTest.Reporting;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary><c>compare</c>: the relay, the floor program, the plain relay and other makers' relays on one machine, in turn under each load.</summary>
/// <remarks>All of them run all the time and are loaded one after another, round by round. Only ratios of one run are judged: times are the machine's.</remarks>
internal static class CompareCommand
{
    /// <summary>There is nothing to judge: no cell has that name, or a peer that was named is not installed.</summary>
    private const int Refused = 2;

    public static Command Create()
    {
        Option<FileInfo> silo = new("--silo") { Description = "The relay's assembly, OrleansRelay.Silo.dll.", Required = true };
        Option<FileInfo> loadTest = new("--load-test") { Description = "The load tester's assembly.", DefaultValueFactory = _ => new(typeof(RunResult).Assembly.Location) };
        Option<int> rounds = new("--rounds") { Description = "Rounds of which the median counts. A peer within 3 % of the relay gets two more.", DefaultValueFactory = _ => 3 };
        Option<double> seconds = new("--seconds") { Description = "Measured seconds of a round.", DefaultValueFactory = _ => 3 };
        Option<string?> only = new("--only") { Description = "Only cells whose name has this in it." };
        Option<FileInfo?> html = new("--html") { Description = "Draw the last cell's runs there." };
        Option<string?> peers = new("--peers")
        {
            Description = "All cells, and other makers' relays beside the relay, which must be cheaper: names with commas between, or all that are installed.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        peers.Validators.Add(result =>
        {
            var known = AllPeers.List.Select(peer => peer.Name).ToArray();
            if (result.Tokens.SelectMany(token => Split(token.Value)).Except(known).FirstOrDefault() is { } unknown)
            {
                result.AddError($"There is no peer '{unknown}'; there are {string.Join(", ", known)}.");
            }
        });
        Command command = new("compare", "Relays side by side; exit code 1 when the relay is dearer than a gate allows.") { silo, loadTest, rounds, seconds, only, html, peers };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var terminal = Terminal.Of(arguments.InvocationConfiguration.Output);
            var hasPeers = arguments.GetResult(peers) is not null;
            var cells = (hasPeers ? Cell.All : Cell.WithFloorGate).Where(cell => cell.Name.Contains(arguments.GetValue(only) ?? "", StringComparison.OrdinalIgnoreCase)).ToArray();
            if (cells.Length == 0 || Chosen(hasPeers, arguments.GetValue(peers), terminal) is not { } chosen)
            {
                terminal.Line(terminal.Bad(cells.Length == 0 ? "No cell has that in its name." : "A peer that was named is not here."));
                return Refused;
            }

            var directory = System.IO.Directory.CreateTempSubdirectory("relay-bench-");
            List<Contender> contenders = [];
            try
            {
                await StartAsync(contenders, arguments.GetRequiredValue(silo), chosen, directory, cancellationToken);
                var loader = new LoadTester(arguments.GetValue(loadTest)!.FullName, directory, arguments.GetValue(seconds), warmUp: 1, terminal);
                var bench = new Bench(contenders, loader, arguments.GetValue(rounds), terminal);
                var verdict = await bench.RunAsync(cells, cancellationToken);
                if (arguments.GetValue(html) is { } page)
                {
                    ReportFiles.WriteHtml(page, bench.LastRuns);
                }

                return verdict.Write(terminal);
            }
            finally
            {
                contenders.ForEach(contender => contender.Dispose());
                directory.Delete(recursive: true);
            }
        });
        return command;
    }

    /// <summary>The peers that were named, or all that are installed. Says which are missing.</summary>
    /// <returns>Null when one that was named is missing.</returns>
    private static List<IPeer>? Chosen(bool hasPeers, string? names, Terminal terminal)
    {
        var asked = AllPeers.List.Where(peer => hasPeers && (names is null || Split(names).Contains(peer.Name))).ToList();
        var missing = asked.Where(peer => peer.Missing() is not null).ToList();
        foreach (var peer in missing)
        {
            terminal.Line($"Without {peer.Title}: {peer.Missing()} is not here. tests/Benchmarks/README.md says how it comes.");
        }

        return names is not null && missing.Count > 0 ? null : [.. asked.Except(missing)];
    }

    private static string[] Split(string names) => names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static async Task StartAsync(List<Contender> contenders, FileInfo silo, List<IPeer> peers, DirectoryInfo directory, CancellationToken cancellationToken)
    {
        contenders.Add(await OwnRelays.StartFloorAsync(cancellationToken));
        contenders.Add(await OwnRelays.StartRelayAsync(silo, directory.CreateSubdirectory("data"), cancellationToken));
        contenders.Add(await OwnRelays.StartPlainAsync(cancellationToken));
        foreach (var peer in peers)
        {
            var port = OwnRelays.FreePort();
            contenders.Add(await Contender.StartAsync(peer.Title, port, peer.Start(port, directory.CreateSubdirectory(peer.Name)), cancellationToken));
        }
    }
}
