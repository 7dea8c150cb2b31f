using System.Diagnostics;
using System.Globalization;
using OrleansRelay.LoadTest.Measuring;
using OrleansRelay.LoadTest.Reporting;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary>Loads a contender with the load tester, in a process of its own on the other CPU.</summary>
/// <param name="assembly">The load tester's assembly.</param>
/// <param name="directory">A scratch folder.</param>
/// <param name="seconds">Measured seconds of a run.</param>
/// <param name="warmUp">Seconds of load, or of silence after a storm, before the measured ones.</param>
/// <param name="terminal">Where it says what failed.</param>
internal sealed class LoadTester(string assembly, DirectoryInfo directory, double seconds, double warmUp, Terminal terminal)
{
    /// <summary>Runs a scenario once.</summary>
    /// <returns>Null when a peer could not carry the load at all.</returns>
    /// <exception cref="InvalidOperationException">One of ours could not.</exception>
    public async Task<RunResult?> RunAsync(Contender contender, string[] flags, CancellationToken cancellationToken)
    {
        var json = new FileInfo(Path.Combine(directory.FullName, contender.Name + ".json"));
        var start = new ProcessStartInfo("taskset") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] all =
        [
            "-c", Cpu.OfLoader, "dotnet", assembly, .. flags, .. contender.Flags(), "--quiet", "--json", json.FullName,
            "--duration", seconds.ToString(CultureInfo.InvariantCulture), "--warm-up", warmUp.ToString(CultureInfo.InvariantCulture), "--windows", "1",
        ];
        foreach (var argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        json.Delete();
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The load tester did not start.");
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var text = await process.StandardOutput.ReadToEndAsync(cancellationToken) + await errors;
        await process.WaitForExitAsync(cancellationToken);
        json.Refresh();
        if (json.Exists)
        {
            return ReportFiles.ReadJson(json);
        }

        terminal.Line($"The load of {contender.Name} failed: {text.Trim()}");
        return contender.Role is Role.Peer or Role.PeerWithoutGate ? null : throw new InvalidOperationException($"{contender.Name} must carry every load.");
    }
}
