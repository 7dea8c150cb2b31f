using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
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
    private const string Relay = "relay", FloorName = "floor", Plain = "plain";

    public static Command Create()
    {
        Option<FileInfo> silo = new("--silo") { Description = "The relay's assembly, OrleansRelay.Silo.dll.", Required = true };
        Option<FileInfo> loadTest = new("--load-test") { Description = "The load tester's assembly.", DefaultValueFactory = _ => new(typeof(RunResult).Assembly.Location) };
        Option<int> rounds = new("--rounds") { Description = "Windows of which the median counts.", DefaultValueFactory = _ => 3 };
        Option<double> seconds = new("--seconds") { Description = "Length of a window.", DefaultValueFactory = _ => 3 };
        Option<string?> only = new("--only") { Description = "Only cells whose name has this in it." };
        Option<bool> gate = new("--gate") { Description = "Exit code 1 when the relay is dearer than its gates allow." };
        Option<FileInfo?> html = new("--html") { Description = "Draw the last cell's runs there." };
        Command command = new("compare", "Relay, floor program and plain ASP.NET Core relay side by side; prints ratios.") { silo, loadTest, rounds, seconds, only, gate, html };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var cells = Cell.All.Where(cell => cell.Name.Contains(arguments.GetValue(only) ?? "", StringComparison.OrdinalIgnoreCase)).ToArray();
            var directory = System.IO.Directory.CreateTempSubdirectory("relay-bench-");
            List<Contender> contenders = [];
            try
            {
                contenders.AddRange(await StartAllAsync(arguments.GetRequiredValue(silo).FullName, directory, cancellationToken));
                var bench = new Bench(contenders, arguments.GetValue(loadTest)!.FullName, directory, arguments.GetValue(rounds), arguments.GetValue(seconds), arguments.InvocationConfiguration.Output);
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

    private static async Task<Contender[]> StartAllAsync(string silo, DirectoryInfo directory, CancellationToken cancellationToken)
    {
        var own = typeof(CompareCommand).Assembly.Location;
        var none = new Dictionary<string, string>();
        var (relay, floor, plain) = (FreePort(), FreePort(), FreePort());
        return
        [
            await Contender.StartAsync(FloorName, own, floor, ["floor", "--port", Text(floor)], none, cancellationToken),
            await Contender.StartAsync(Relay, silo, relay, [], new Dictionary<string, string>
            {
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Text(relay)}",
                ["Storage__Directory"] = Path.Combine(directory.FullName, "data"),
                ["Logging__LogLevel__Default"] = "None",
            }, cancellationToken),
            await Contender.StartAsync(Plain, own, plain, ["plain", "--port", Text(plain)], none, cancellationToken),
        ];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
