using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary>A relay under comparison: a process of its own on the first CPU.</summary>
internal sealed class Contender : IDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Launch _launch;

    private Contender(string name, int port, Process process, Launch launch) => (Name, Port, _process, _launch) = (name, port, process, launch);

    public string Name { get; }

    public int Port { get; }

    /// <summary>Why it can't take part in a cell; null when it can.</summary>
    public string? Refuses(Cell cell) => _launch.Refuses(cell);

    /// <summary>What it is to the relay.</summary>
    public Role Role => _launch.Role;

    public int Pid => _process.Id;

    /// <summary>Starts a program and waits until it listens.</summary>
    public static async Task<Contender> StartAsync(string name, int port, Launch launch, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("taskset") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-c", Cpu.OfServer, .. launch.Command])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in launch.Environment)
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{name} did not start.");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var contender = new Contender(name, port, process, launch);
        try
        {
            await contender.WaitAsync(cancellationToken);
            return contender;
        }
        catch
        {
            contender.Dispose();
            throw;
        }
    }

    /// <summary>The flags that aim the load tester at it.</summary>
    public string[] Flags() =>
        ["--url", string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{Port}"), "--server-pid", Pid.ToString(CultureInfo.InvariantCulture), "--name", Name, .. _launch.Flags];

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(startedAt) > StartsWithin)
            {
                throw new InvalidOperationException($"{Name} does not listen on port {Port}.");
            }

            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", Port, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
            }
        }
    }
}

/// <summary>Which CPU does what: the relay on one, the load on another, so that neither takes the other's time.</summary>
internal static class Cpu
{
    public const string OfServer = "0";

    public const string OfLoader = "1";
}
