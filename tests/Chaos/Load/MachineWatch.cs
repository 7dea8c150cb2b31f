using System.Globalization;

namespace OrleansRelay.Chaos.Load;

/// <summary>Notices when the machine, and not the relay, is the reason for a pause.</summary>
internal sealed class MachineWatch(Clock clock)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);

    private readonly long _startedAt = clock.Now;
    private readonly long _pressureAtStart = ReadPressure();
    private long _longest;

    /// <summary>The longest time between two beats, in seconds.</summary>
    public double LongestStandstill => _longest / 1e6;

    /// <summary>The share of the time in which some process waited for a processor.</summary>
    public double WaitedForProcessor => (ReadPressure() - _pressureAtStart) / (double)Math.Max(1, clock.Now - _startedAt);

    /// <summary>Watches until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Beat, clock.Time);
        var former = clock.Now;
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                _longest = Math.Max(_longest, clock.Now - former);
                former = clock.Now;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Enough.
        }
    }

    /// <summary>The kernel's count of such microseconds: <c>some avg10=1.52 avg60=0.80 avg300=0.41 total=123456</c>.</summary>
    public static long ReadPressure()
    {
        const string file = "/proc/pressure/cpu";
        const string total = "total=";
        if (!File.Exists(file))
        {
            return 0;
        }

        var line = File.ReadLines(file).First();
        return long.Parse(line.AsSpan(line.IndexOf(total, StringComparison.Ordinal) + total.Length), CultureInfo.InvariantCulture);
    }
}
