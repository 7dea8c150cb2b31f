using System.Diagnostics;

namespace OrleansRelay.Deploy.Tests;

/// <summary>Runs the programs that check what we wrote.</summary>
internal static class Tool
{
    /// <summary>Whether a program is on the PATH.</summary>
    public static bool Exists(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, name)));

    /// <summary>Runs a program to its end.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="within">How long it may take; then it is killed and the test fails with what it had said.</param>
    /// <param name="directory">Where it runs; the repository when not given.</param>
    /// <param name="input">What it reads from its standard input.</param>
    /// <param name="environment">Variables of its own.</param>
    public static async Task<ToolResult> RunAsync(
        string[] command, TimeSpan within, string? directory = null, string? input = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = directory ?? Repository.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(within);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.StandardInput.WriteAsync((input ?? "").AsMemory(), deadline.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', command)} took longer than {within}.\n{await output}\n{await errors}");
        }

        return new ToolResult(process.ExitCode, await output, await errors);
    }
}

/// <summary>How a program ended.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Fails the test, with all that the program said, unless it ended well.</summary>
    public void MustHaveSucceeded(string what) =>
        Assert.True(ExitCode == 0, $"{what} ended with {ExitCode}.\n{Output}\n{Errors}");
}
