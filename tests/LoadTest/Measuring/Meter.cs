using System.Diagnostics;
using OrleansRelay.LoadTest.Sockets;

namespace OrleansRelay.LoadTest.Measuring;

/// <summary>Takes a sample every second, and cuts the measured time into windows.</summary>
internal sealed class Meter(EventLoop loop, int? serverPid, Func<int> connections, Action<Sample> show)
{
    private static readonly long Second = Stopwatch.Frequency;
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private readonly LatencyHistogram _recent = new();
    private readonly LatencyHistogram _second = new();
    private readonly LatencyHistogram _window = new();
    private readonly long _startedAt = EventLoop.Now;
    private Point _lastSample = Point.Take(loop, serverPid, 0, 0);
    private Point _lastWindow;
    private Point _begin;
    private long _deliveries;
    private long _published;
    private bool _isMeasuring;

    /// <summary>All latencies of the measured time.</summary>
    public LatencyHistogram Total { get; } = new();

    public List<Sample> Samples { get; } = [];

    public List<WindowResult> Windows { get; } = [];

    /// <summary>Start and end of the measured time.</summary>
    public (Point Begin, Point End) Measured { get; private set; }

    /// <summary>The server before the first connection.</summary>
    public ProcessUsage? ServerIdle { get; } = serverPid is { } pid ? ProcessUsage.Of(pid) : null;

    /// <summary>Counts one delivery and its latency.</summary>
    public void Delivered(long sentAt, long at)
    {
        _deliveries++;
        _recent.Record((long)((at - sentAt) * NanosecondsPerTick));
    }

    /// <summary>Counts a delivery whose latency says nothing: one that waited in a buffer for its viewer.</summary>
    public void DeliveredLate() => _deliveries++;

    /// <summary>Counts a published message.</summary>
    public void Published() => _published++;

    /// <summary>Takes a sample if it is time.</summary>
    /// <returns>When the next one is due.</returns>
    public long Run(long now)
    {
        if (now - _lastSample.At >= Second)
        {
            TakeSample();
        }

        return _lastSample.At + Second;
    }

    /// <summary>What came so far was warming up.</summary>
    public void Begin()
    {
        Flush();
        _isMeasuring = true;
        _begin = _lastWindow = Take();
    }

    /// <summary>Ends a window.</summary>
    public void EndWindow()
    {
        Flush();
        var (from, to) = (_lastWindow, Take());
        var deliveries = to.Deliveries - from.Deliveries;
        Windows.Add(new WindowResult(
            to.SecondsSince(from), deliveries, deliveries / to.SecondsSince(from), to.CpuMicrosSince(from, deliveries), to.ServerPercentSince(from), to.BusyPercentSince(from),
            _window.At(50) / 1e6, _window.At(99) / 1e6));
        _window.Clear();
        _lastWindow = to;
    }

    /// <summary>What came since the last window belongs to none.</summary>
    public void SkipWindow()
    {
        Flush();
        _window.Clear();
        _lastWindow = Take();
    }

    /// <summary>Ends the measured time.</summary>
    public void End()
    {
        _isMeasuring = false;
        Measured = (_begin, _lastWindow);
    }

    private Point Take() => Point.Take(loop, serverPid, _deliveries, _published);

    private void TakeSample()
    {
        Flush();
        var (from, to) = (_lastSample, Take());
        _lastSample = to;
        var sample = new Sample(
            EventLoop.Seconds(to.At - _startedAt), _isMeasuring, (to.Deliveries - from.Deliveries) / to.SecondsSince(from), _second.At(50) / 1e6, _second.At(99) / 1e6, _second.Max / 1e6,
            to.ServerPercentSince(from), to.Server?.ResidentBytes / 1048576.0, to.BusyPercentSince(from), connections());
        _second.Clear();
        Samples.Add(sample);
        show(sample);
    }

    /// <summary>Hands what was recorded on to everything that counts it.</summary>
    private void Flush()
    {
        _second.Add(_recent);
        if (_isMeasuring)
        {
            _window.Add(_recent);
            Total.Add(_recent);
        }

        _recent.Clear();
    }

    /// <summary>All counters at one moment.</summary>
    internal readonly record struct Point(long At, long Deliveries, long Published, ProcessUsage? Server, double OwnCpuSeconds, long BusyTicks)
    {
        public static Point Take(EventLoop loop, int? serverPid, long deliveries, long published) => new(
            EventLoop.Now, deliveries, published, serverPid is { } pid ? ProcessUsage.Of(pid) : null, Environment.CpuUsage.TotalTime.TotalSeconds, loop.BusyTicks);

        public double SecondsSince(Point from) => Math.Max(1e-9, EventLoop.Seconds(At - from.At));

        public double BusyPercentSince(Point from) => Math.Min(100, 100.0 * (BusyTicks - from.BusyTicks) / Math.Max(1, At - from.At));

        public double OwnPercentSince(Point from) => 100 * (OwnCpuSeconds - from.OwnCpuSeconds) / SecondsSince(from);

        public double? ServerPercentSince(Point from) => 100 * (Server?.CpuSeconds - from.Server?.CpuSeconds) / SecondsSince(from);

        public double? CpuMicrosSince(Point from, long deliveries) => deliveries == 0 ? null : 1e6 * (Server?.CpuSeconds - from.Server?.CpuSeconds) / deliveries;
    }
}
