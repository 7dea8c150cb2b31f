using System.Diagnostics;

namespace OrleansRelay.Chaos.Processes;

/// <summary>Runs a program to its end.</summary>
internal static class ExternalProgram
{
    /// <summary>Runs it, its output going to a file, and returns its exit code.</summary>
    /// <remarks>To a file and not to a pipe: a server that the program leaves behind would keep the pipe open for ever.</remarks>
    public static async Task<int> RunAsync(string logFile, IReadOnlyDictionary<string, string> environment, string[] command, CancellationToken cancellationToken)
    {
        using var process = Start(logFile, environment, command);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode;
    }

    /// <summary>Starts a program whose output is appended to a file. The process is the program's own: the shell gives way to it.</summary>
    public static Process Start(string logFile, IReadOnlyDictionary<string, string> environment, string[] command)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", logFile, .. command])
        {
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
    }

    /// <summary>The last lines of a log, for an error that must be understood without opening it.</summary>
    public static string Tail(string logFile, int lines = 15) =>
        File.Exists(logFile) ? string.Join(Environment.NewLine, File.ReadLines(logFile).TakeLast(lines)) : "";
}
