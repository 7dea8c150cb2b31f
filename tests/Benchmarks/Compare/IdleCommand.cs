using System.CommandLine;
using System.Globalization;
using OrleansRelay.LoadTest.Measuring;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary><c>idle</c>: what it costs to connect 10,000 viewers and to have them do nothing, for the relay and for the plain relay.</summary>
/// <remarks>
/// Each round starts both anew: memory that a former load has left would be taken for the viewers'. They come a second time for the connects,
/// because of the first 10,000 a third of the time is the JIT's. Silence is measured for one period of pings,
/// so that each viewer is pinged once, and begins one such period after the storm, when its garbage is collected and its code compiled.
/// </remarks>
internal static class IdleCommand
{
    /// <summary>KiB a viewer. Nchan has 10.2, SignalR and NATS 23.7 (measured by the trial behind this design).</summary>
    private const double MostKibibytes = 4.5;

    /// <summary>Percent of a core while all viewers are idle.</summary>
    private const double MostIdlePercent = 1;

    /// <summary>Connects a second over the plain relay's.</summary>
    private const double LeastTimesPlain = 2;

    /// <summary>How often the relay pings a viewer (<c>Viewers:PingEvery</c>).</summary>
    private static readonly TimeSpan PingPeriod = TimeSpan.FromSeconds(45);

    /// <summary>The names of a join storm's figures.</summary>
    private const string Connects = "connects/s", MicrosPerConnect = "server µs per connect", IdlePercent = "idle server CPU %";

    public static Command Create()
    {
        Option<FileInfo> silo = new("--silo") { Description = "The relay's assembly, OrleansRelay.Silo.dll.", Required = true };
        Option<int> viewers = new("--viewers") { Description = "How many.", DefaultValueFactory = _ => 10_000 };
        Option<int> rounds = new("--rounds") { Description = "Runs of which the median counts.", DefaultValueFactory = _ => 3 };
        Command command = new("idle", "What it costs to connect viewers, and to have them idle; exit code 1 when a gate is not met.") { silo, viewers, rounds };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var terminal = Terminal.Of(arguments.InvocationConfiguration.Output);
            var directory = System.IO.Directory.CreateTempSubdirectory("relay-idle-");
            try
            {
                var assembly = typeof(RunResult).Assembly.Location;
                Loaders loaders = new(
                    new LoadTester(assembly, directory, PingPeriod.TotalSeconds, warmUp: PingPeriod.TotalSeconds, terminal),
                    new LoadTester(assembly, directory, seconds: 1, warmUp: 1, terminal));
                string[] flags = ["join-storm", "--viewers", arguments.GetValue(viewers).ToString(CultureInfo.InvariantCulture), "--handshakes", "256"];
                List<Round> relay = [], plain = [];
                for (var round = 0; round < arguments.GetValue(rounds); round++)
                {
                    var data = directory.CreateSubdirectory($"data{round}");
                    terminal.Progress(string.Create(CultureInfo.InvariantCulture, $"round {round + 1}: {OwnRelays.RelayName}"));
                    relay.Add(await RunAsync(loaders, flags, OwnRelays.StartRelayAsync(arguments.GetRequiredValue(silo), data, cancellationToken), cancellationToken));
                    terminal.Progress(string.Create(CultureInfo.InvariantCulture, $"round {round + 1}: {OwnRelays.PlainName}"));
                    plain.Add(await RunAsync(loaders, flags, OwnRelays.StartPlainAsync(cancellationToken), cancellationToken));
                }

                WriteTable(terminal, arguments.GetValue(viewers), relay, plain);
                return Judge(relay, plain).Write(terminal, withMetGates: true);
            }
            finally
            {
                directory.Delete(recursive: true);
            }
        });
        return command;
    }

    private static async Task<Round> RunAsync(Loaders loaders, string[] flags, Task<Contender> starting, CancellationToken cancellationToken)
    {
        using var contender = await starting;
        return new Round(await StormAsync(loaders.First), await StormAsync(loaders.Again));

        async Task<RunResult> StormAsync(LoadTester loader) =>
            await loader.RunAsync(contender, flags, cancellationToken) ?? throw new InvalidOperationException($"{contender.Name} was not loaded.");
    }

    private static void WriteTable(Terminal terminal, int viewers, List<Round> relay, List<Round> plain)
    {
        terminal.Line(terminal.Bold(string.Create(CultureInfo.InvariantCulture, $"{viewers:N0} idle viewers")));
        terminal.Line(terminal.Dim($"  {"",-13}{"KiB a viewer",14}{"idle CPU %",12}{"connects/s",12}{"when fresh",12}{"µs a connect",14}"));
        foreach (var (name, rounds) in (ReadOnlySpan<(string, List<Round>)>)[(OwnRelays.RelayName, relay), (OwnRelays.PlainName, plain)])
        {
            terminal.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"  {name,-13}{Kibibytes(rounds),14:0.0}{Idle(rounds),12:0.00}{Extra(rounds, round => round.Again, Connects),12:N0}{Extra(rounds, round => round.Fresh, Connects),12:N0}{Extra(rounds, round => round.Again, MicrosPerConnect),14:0}"));
        }
    }

    private static Verdict Judge(List<Round> relay, List<Round> plain)
    {
        var verdict = new Verdict();
        verdict.Add("memory", Gate.AtMost(MostKibibytes, "KiB a viewer", Kibibytes(relay)));
        verdict.Add("CPU while idle", Gate.AtMost(MostIdlePercent, "% of a core", Idle(relay)));
        verdict.Add("connects a second", Gate.AtLeast(LeastTimesPlain, "x the plain relay's", Extra(relay, round => round.Again, Connects) / Extra(plain, round => round.Again, Connects)));
        verdict.Add("messages after that", Gate.AllDelivered([.. relay.SelectMany(round => (RunResult[])[round.Fresh, round.Again])]));
        return verdict;
    }

    private static double Kibibytes(List<Round> rounds) => Median.Of(rounds.Select(round => round.Fresh.Server!.KilobytesPerConnection));

    private static double Idle(List<Round> rounds) => Extra(rounds, round => round.Fresh, IdlePercent);

    private static double Extra(List<Round> rounds, Func<Round, RunResult> which, string name) => Median.Of(rounds.Select(round => which(round).Extras[name]));

    /// <summary>What loads a process when its viewers come for the first time, and when they come again.</summary>
    private readonly record struct Loaders(LoadTester First, LoadTester Again);

    /// <summary>One process, that all viewers came to twice.</summary>
    private readonly record struct Round(RunResult Fresh, RunResult Again);
}
