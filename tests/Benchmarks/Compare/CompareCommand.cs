using System.CommandLine;
using OrleansRelay.Benchmarks.Peers;
using OrleansRelay.LoadTest.Measuring;
using OrleansRelay.LoadTest.Reporting;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary><c>compare</c>: the relay, the floor program and the plain relay side by side on one machine, in turn under each load.</summary>
/// <remarks>
/// All three run all the time and are loaded one after another, round by round, so that what else the machine does hits all alike. A
/// round is disturbed when the floor program itself was late; medians over the rounds, and only ratios are judged.
/// </remarks>
internal static class CompareCommand
{
    public static Command Create()
    {
        Option<FileInfo> silo = new("--silo") { Description = "The relay's assembly, OrleansRelay.Silo.dll.", Required = true };
        Option<FileInfo> loadTest = new("--load-test") { Description = "The load tester's assembly.", DefaultValueFactory = _ => new(typeof(RunResult).Assembly.Location) };
        Option<int> rounds = new("--rounds") { Description = "Windows of which the median counts.", DefaultValueFactory = _ => 3 };
        Option<double> seconds = new("--seconds") { Description = "Length of a window.", DefaultValueFactory = _ => 3 };
        Option<string?> only = new("--only") { Description = "Only cells whose name has this in it." };
        Option<bool> gate = new("--gate") { Description = "Exit code 1 when the relay is dearer than its gates allow." };
        Option<FileInfo?> html = new("--html") { Description = "Draw the last cell's runs there." };
        Option<string?> peers = new("--peers")
        {
            Description = "Compare with other makers' relays in their cells, without gates: names with commas between, or all that are installed.",
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
        Command command = new("compare", "Relay, floor program and plain ASP.NET Core relay side by side; prints ratios.") { silo, loadTest, rounds, seconds, only, gate, html, peers };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var output = arguments.InvocationConfiguration.Output;
            var chosen = arguments.GetResult(peers) is null ? [] : Chosen(arguments.GetValue(peers), output);
            var cells = (arguments.GetResult(peers) is null ? Cell.All : Cell.OfPeers).Where(cell => cell.Name.Contains(arguments.GetValue(only) ?? "", StringComparison.OrdinalIgnoreCase)).ToArray();
            var directory = System.IO.Directory.CreateTempSubdirectory("relay-bench-");
            List<Contender> contenders = [];
            try
            {
                await StartOwnAsync(contenders, arguments.GetRequiredValue(silo), directory, cancellationToken);
                foreach (var peer in chosen)
                {
                    var port = OwnRelays.FreePort();
                    contenders.Add(await Contender.StartAsync(peer.Name, port, peer.Start(port, directory.CreateSubdirectory(peer.Name)) with { IsPeer = true }, cancellationToken));
                }

                var loader = new LoadTester(arguments.GetValue(loadTest)!.FullName, directory, arguments.GetValue(seconds), output);
                var bench = new Bench(contenders, loader, arguments.GetValue(rounds), output);
                var isWithin = await bench.RunAsync(cells, cancellationToken);
                if (arguments.GetValue(html) is { } page)
                {
                    ReportFiles.WriteHtml(page, bench.LastRuns);
                }

                return isWithin || !arguments.GetValue(gate) ? 0 : 1;
            }
            finally
            {
                contenders.ForEach(contender => contender.Dispose());
                directory.Delete(recursive: true);
            }
        });
        return command;
    }

    /// <summary>The peers that were asked for and are installed; says which are not.</summary>
    private static List<IPeer> Chosen(string? names, TextWriter output)
    {
        List<IPeer> chosen = [];
        foreach (var peer in AllPeers.List.Where(peer => names is null || Split(names).Contains(peer.Name)))
        {
            if (peer.Missing() is { } missing)
            {
                output.WriteLine($"Without {peer.Name}: {missing} is not here. tests/Benchmarks/README.md says how it comes.");
            }
            else
            {
                chosen.Add(peer);
            }
        }

        return chosen;
    }

    private static string[] Split(string names) => names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static async Task StartOwnAsync(List<Contender> contenders, FileInfo silo, DirectoryInfo directory, CancellationToken cancellationToken)
    {
        contenders.Add(await OwnRelays.StartFloorAsync(cancellationToken));
        contenders.Add(await OwnRelays.StartRelayAsync(silo, directory.CreateSubdirectory("data"), cancellationToken));
        contenders.Add(await OwnRelays.StartPlainAsync(cancellationToken));
    }
}
