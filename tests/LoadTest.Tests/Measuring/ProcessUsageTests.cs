using System.Diagnostics;
using OrleansRelay.LoadTest.Measuring;

namespace OrleansRelay.LoadTest.Tests.Measuring;

public sealed class ProcessUsageTests
{
    [Fact]
    public void OwnUsageIsWhatTheRuntimeTells()
    {
        var before = Environment.CpuUsage.TotalTime.TotalSeconds;
        var usage = ProcessUsage.Of(Environment.ProcessId);
        var after = Environment.CpuUsage.TotalTime.TotalSeconds;

        Assert.NotNull(usage);
        Assert.InRange(usage.Value.CpuSeconds, before - 0.05, after + 0.05);
        Assert.InRange(usage.Value.ResidentBytes, 1 << 20, usage.Value.PeakBytes);
        using var self = Process.GetCurrentProcess();
        Assert.InRange(usage.Value.ResidentBytes / (double)self.WorkingSet64, 0.5, 2);
    }

    [Fact]
    public void AProcessThatIsNotThereHasNone() => Assert.Null(ProcessUsage.Of(int.MaxValue));
}
