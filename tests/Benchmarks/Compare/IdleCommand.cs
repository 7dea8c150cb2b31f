using System.CommandLine;
using System.Globalization;
using OrleansRelay.LoadTest.Measuring;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary><c>idle</c>: what it costs to connect 10,000 viewers and to have them do nothing, for the relay and for the plain relay.</summary>
/// <remarks>
/// Each round starts both anew: memory that a former load has left would be taken for the viewers'. They come a second time for the connects,
/// because of the first 10,000 a third of the time is the JIT's.
/// </remarks>
internal static class IdleCommand
{
    /// <summary>KiB a viewer. Nchan has 10.2, SignalR and NATS 23.7 (measured by the trial behind this design).</summary>
    private const double MostKibibytes = 4.5;

    /// <summary>Percent of a core while all viewers are idle.</summary>
    private const double MostIdlePercent = 1;

    /// <summary>Connects a second over the plain relay's.</summary>
    private const double LeastTimesPlain = 2;

    /// <summary>The names of a join storm's figures.</summary>
    private const string Connects = "connects/s", IdlePercent = "idle server CPU %";

    public static Command Create()
    {
        Option<FileInfo> silo = new("--silo") { Description = "The relay's assembly, OrleansRelay.Silo.dll.", Required = true };
        Option<int> viewers = new("--viewers") { Description = "How many.", DefaultValueFactory = _ => 10_000 };
        Option<int> rounds = new("--rounds") { Description = "Runs of which the median counts.", DefaultValueFactory = _ => 3 };
        Option<bool> gate = new("--gate") { Description = "Exit code 1 when a gate is not met." };
        Command command = new("idle", "What it costs to connect viewers, and to have them idle.") { silo, viewers, rounds, gate };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var output = arguments.InvocationConfiguration.Output;
            var directory = System.IO.Directory.CreateTempSubdirectory("relay-idle-");
            try
            {
                var loader = new LoadTester(typeof(RunResult).Assembly.Location, directory, seconds: 3, output);
                string[] flags = ["join-storm", "--viewers", arguments.GetValue(viewers).ToString(CultureInfo.InvariantCulture), "--handshakes", "256"];
                List<Round> relay = [], plain = [];
                for (var round = 0; round < arguments.GetValue(rounds); round++)
                {
                    var data = directory.CreateSubdirectory($"data{round}");
                    relay.Add(await RunAsync(loader, flags, OwnRelays.StartRelayAsync(arguments.GetRequiredValue(silo), data, cancellationToken), cancellationToken));
                    plain.Add(await RunAsync(loader, flags, OwnRelays.StartPlainAsync(cancellationToken), cancellationToken));
                }

                return Report(output, relay, plain) || !arguments.GetValue(gate) ? 0 : 1;
            }
            finally
            {
                directory.Delete(recursive: true);
            }
        });
        return command;
    }

    private static async Task<Round> RunAsync(LoadTester loader, string[] flags, Task<Contender> starting, CancellationToken cancellationToken)
    {
        using var contender = await starting;
        return new Round(await StormAsync(), await StormAsync());

        async Task<RunResult> StormAsync() =>
            await loader.RunAsync(contender, flags, cancellationToken) ?? throw new InvalidOperationException($"{contender.Name} was not loaded.");
    }

    /// <returns>Whether the gates are met.</returns>
    private static bool Report(TextWriter output, List<Round> relay, List<Round> plain)
    {
        output.WriteLine($"{"",-8}{"KiB a viewer",14}{"fresh connects/s",18}{"connects/s",12}{"µs a connect",14}{"idle CPU %",12}");
        foreach (var (name, rounds) in (ReadOnlySpan<(string, List<Round>)>)[("relay", relay), ("plain", plain)])
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-8}{Kibibytes(rounds),14:0.0}{Extra(rounds, round => round.Fresh, Connects),18:N0}{Extra(rounds, round => round.Again, Connects),12:N0}{Extra(rounds, round => round.Again, "server µs per connect"),14:0}{Extra(rounds, round => round.Fresh, IdlePercent),12:0.0}"));
        }

        var times = Extra(relay, round => round.Again, Connects) / Extra(plain, round => round.Again, Connects);
        var idlePercent = Extra(relay, round => round.Fresh, IdlePercent);
        var (isSmall, isIdle, isQuick, isWhole) = (Kibibytes(relay) <= MostKibibytes, idlePercent <= MostIdlePercent, times >= LeastTimesPlain, relay.TrueForAll(round => round.Fresh.Passed && round.Again.Passed));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"gate {MostKibibytes:0.0} KiB a viewer: {Verdict(isSmall)}; gate {MostIdlePercent:0} % of a core while idle: {Verdict(isIdle)} ({idlePercent:0.0}); gate {LeastTimesPlain:0.0} x plain's connects: {Verdict(isQuick)} ({times:0.00}){(isWhole ? "" : "; NOT ALL DELIVERED")}"));
        return isSmall && isIdle && isQuick && isWhole;
    }

    private static string Verdict(bool isMet) => isMet ? "met" : "NOT MET";

    private static double Kibibytes(List<Round> rounds) => Median.Of(rounds.Select(round => round.Fresh.Server!.KilobytesPerConnection));

    private static double Extra(List<Round> rounds, Func<Round, RunResult> which, string name) => Median.Of(rounds.Select(round => which(round).Extras[name]));

    /// <summary>One process, that all viewers came to twice.</summary>
    private readonly record struct Round(RunResult Fresh, RunResult Again);
}
