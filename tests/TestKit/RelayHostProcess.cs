using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OrleansRelay.TestKit;

/// <summary>The relay as operators run it: the silo's assembly in a process of its own, with a data folder that a restart keeps.</summary>
public sealed class RelayHostProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const string Listening = "Now listening on: ";

    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("relay-process-").FullName;
    private readonly string _assembly;
    private readonly string[] _settings;
    private Process? _process;
    private TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;

    /// <param name="assembly">The silo's assembly.</param>
    /// <param name="settings">Settings as <c>Section:Key=value</c>.</param>
    public RelayHostProcess(string assembly, params string[] settings) => (_assembly, _settings) = (assembly, settings);

    /// <summary>Where it serves. A restart keeps it.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>All that it has written, on both outputs.</summary>
    public List<string> Output { get; } = [];

    /// <summary>Starts it and waits until it serves.</summary>
    public async Task StartAsync()
    {
        Launch();
        Address = new Uri(await _address.Task.WithinTest("the relay's process to say where it listens"));
    }

    /// <summary>Starts it and waits until it has ended by itself.</summary>
    /// <returns>What it answers.</returns>
    public async Task<int> RunAsync()
    {
        Launch();
        return await EndedAsync();
    }

    /// <summary>Sends SIGTERM and waits until it has ended.</summary>
    /// <returns>What it answers.</returns>
    public Task<int> TerminateAsync()
    {
        _ = Kill(_process!.Id, SigTerm);
        return EndedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await EndedAsync();
        }

        _process?.Dispose();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    private void Launch()
    {
        _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = _directory, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(_assembly);
        foreach (var setting in _settings.Prepend($"urls={Address}"))
        {
            start.ArgumentList.Add("--" + setting);
        }

        // Two cores serve the test and the relay: a heap for each core would cost more than it brings.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment.Remove("PORT");
        _process = Process.Start(start)!;
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
    }

    private async Task<int> EndedAsync()
    {
        await _process!.WaitForExitAsync().WithinTest("the relay's process to end");
        await _reading.WithinTest("the end of its output");
        return _process.ExitCode;
    }

    private async Task ReadAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            lock (Output)
            {
                Output.Add(line);
            }

            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                _address.TrySetResult(line[(at + Listening.Length)..]);
            }
        }

        _address.TrySetException(new InvalidOperationException($"The relay's process has ended:{Environment.NewLine}{string.Join(Environment.NewLine, Output)}"));
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
