using System.Diagnostics;

namespace OrleansRelay.Chaos.Processes;

/// <summary>One silo or gateway as a process, which is started again whenever it ends until it is told to stay down.</summary>
/// <remarks>As an orchestrator does it: a silo that was paused for too long finds itself voted out and ends by itself, and must come back.</remarks>
internal sealed class RelayProcess : IAsyncDisposable
{
    /// <summary>Longer than a drain and a silo's stop take together.</summary>
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(3);

    private readonly string[] _command;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly TimeProvider _time;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = AnswerWithin };
    private readonly CancellationTokenSource _stop = new();
    private Process? _process;
    private Task _loop = Task.CompletedTask;
    private int _starts;

    public RelayProcess(string name, Uri address, string logFile, string[] command, IReadOnlyDictionary<string, string> environment, TimeProvider time)
    {
        (Name, Address, LogFile) = (name, address, logFile);
        (_command, _environment, _time) = (command, environment, time);
    }

    /// <summary>What it is called in reports: <c>silo1</c>, <c>gateway2</c>.</summary>
    public string Name { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Its output, over all its starts.</summary>
    public string LogFile { get; }

    /// <summary>The process that runs now, 0 for none.</summary>
    public int ProcessId { get; private set; }

    /// <summary>How often it was started.</summary>
    public int Starts => Volatile.Read(ref _starts);

    /// <summary>How long it stays down when it ends.</summary>
    public TimeSpan RestartAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Told of each end, with the exit code, before it starts again.</summary>
    public Action<RelayProcess, int>? Ended { get; set; }

    /// <summary>Starts it.</summary>
    public void Start()
    {
        StartOnce();
        _loop = RunAsync();
    }

    /// <summary>Sends a signal to the process that runs now.</summary>
    public void Send(int signal)
    {
        if (ProcessId is var id and > 0)
        {
            Signals.Send(id, signal);
        }
    }

    /// <summary>Waits until it says that it is ready, after at least so many starts.</summary>
    /// <exception cref="InvalidOperationException">It was not in time; the message has the end of its log.</exception>
    public async Task WaitReadyAsync(int starts, CancellationToken cancellationToken)
    {
        var since = _time.GetTimestamp();
        while (Starts < starts || !await IsReadyAsync(cancellationToken))
        {
            if (_time.GetElapsedTime(since) > ReadyWithin)
            {
                throw new InvalidOperationException($"{Name} was not ready within {ReadyWithin.TotalSeconds:0} s. The end of {LogFile}:{Environment.NewLine}{ExternalProgram.Tail(LogFile)}");
            }

            await Task.Delay(AskEvery, _time, cancellationToken);
        }
    }

    /// <summary>Asks its readiness probe.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(Address, "health/ready"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Ends it for good: by SIGTERM, and if that takes too long by SIGKILL.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Send(Signals.Continue);
        Send(Signals.Terminate);
        if (await Task.WhenAny(_loop, Task.Delay(StopWithin, _time)) != _loop)
        {
            Send(Signals.Kill);
        }

        await _loop;
        _http.Dispose();
        _stop.Dispose();
    }

    private void StartOnce()
    {
        _process = ExternalProgram.Start(LogFile, _environment, _command);
        ProcessId = _process.Id;
        Interlocked.Increment(ref _starts);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await _process!.WaitForExitAsync(CancellationToken.None);
            var exitCode = _process.ExitCode;
            ProcessId = 0;
            _process.Dispose();
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            Ended?.Invoke(this, exitCode);
            try
            {
                await Task.Delay(RestartAfter, _time, _stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }

            StartOnce();
        }
    }
}
