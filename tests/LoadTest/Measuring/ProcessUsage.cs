using System.Globalization;
using System.Runtime.InteropServices;

namespace OrleansRelay.LoadTest.Measuring;

/// <summary>CPU and memory of a process, as Linux tells them.</summary>
/// <param name="CpuSeconds">User and system time of all its threads since its start.</param>
/// <param name="ResidentBytes">Memory that it holds.</param>
/// <param name="PeakBytes">The most that it ever held.</param>
internal readonly partial record struct ProcessUsage(double CpuSeconds, long ResidentBytes, long PeakBytes)
{
    // USER_HZ: what the kernel tells user space in has been 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>Reads it.</summary>
    /// <returns>Nothing when there is no such process, or no /proc.</returns>
    public static ProcessUsage? Of(int pid)
    {
        try
        {
            var status = File.ReadAllLines($"/proc/{pid}/status");
            return new ProcessUsage(CpuOf(pid), Kilobytes(status, "VmRSS:"), Kilobytes(status, "VmHWM:"));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The process's CPU clock, in nanoseconds; /proc counts in hundredths of a second, a tenth of what a video viewer's window has.</summary>
    private static unsafe double CpuOf(int pid)
    {
        var time = stackalloc long[2];
        return ReadClock((~pid << 3) | 2, time) == 0 ? time[0] + (time[1] / 1e9) : CpuByProc(pid);
    }

    private static double CpuByProc(int pid)
    {
        // The name in parentheses may have spaces in it: count from behind it.
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private static long Kilobytes(string[] status, string name) => status
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(line => 1024 * long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture))
        .FirstOrDefault();

    // The clock of another process: its number's complement and the clock's kind, as clock_getcpuclockid(3) makes it.
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static unsafe partial int ReadClock(int clock, long* time);
}
