using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace OrleansRelay.EndToEnd.Tests.Machine;

/// <summary>A process of a test: its output line by line, its last words when it fails, and a certain end.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Queue<string> _lastWords = [];
    private readonly Lock _lock = new();

    private ChildProcess(Process process) => _process = process;

    public string LastWords
    {
        get
        {
            lock (_lock)
            {
                return string.Join(Environment.NewLine, _lastWords);
            }
        }
    }

    public static ChildProcess Start(string program, IEnumerable<string> arguments, string directory, IReadOnlyDictionary<string, string?>? variables = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = directory, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in variables ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        ChildProcess child = new(new Process { StartInfo = start, EnableRaisingEvents = true });
        child._process.OutputDataReceived += (_, line) => child.OnLine(line.Data, isOutput: true);
        child._process.ErrorDataReceived += (_, line) => child.OnLine(line.Data, isOutput: false);
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>The next line of its output.</summary>
    /// <exception cref="InvalidOperationException">It has ended; the message has its last words.</exception>
    public async Task<string> ReadLineAsync()
    {
        try
        {
            return await _lines.Reader.ReadAsync();
        }
        catch (ChannelClosedException)
        {
            await _process.WaitForExitAsync();
            throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with {_process.ExitCode}:{Environment.NewLine}{LastWords}");
        }
    }

    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public void EndInput() => _process.StandardInput.Close();

    /// <summary>Asks it to end, and waits for that.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, SigTerm);
        }

        return await WaitForExitAsync();
    }

    public async Task<int> WaitForExitAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await TerminateAsync();
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void OnLine(string? line, bool isOutput)
    {
        if (line is null)
        {
            if (isOutput)
            {
                _lines.Writer.TryComplete();
            }

            return;
        }

        lock (_lock)
        {
            _lastWords.Enqueue(line);
            while (_lastWords.Count > 60)
            {
                _lastWords.Dequeue();
            }
        }

        if (isOutput)
        {
            _lines.Writer.TryWrite(line);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
