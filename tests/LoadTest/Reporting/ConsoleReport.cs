using System.Globalization;
using OrleansRelay.LoadTest.Measuring;

namespace OrleansRelay.LoadTest.Reporting;

/// <summary>The result as text.</summary>
internal static class ConsoleReport
{
    public static void Write(TextWriter output, RunResult result)
    {
        Line(output, $"");
        Line(output, $"{result.Name}: {result.Viewers:N0} viewers, {result.Publishers:N0} publishers, {result.Channels:N0} channels, {result.MessageBytes:N0} B, {result.Load}, {result.Seconds:0.0} s in {result.Windows.Count} windows");
        Line(output, $"  deliveries/s   {result.DeliveriesPerSecond:N0}  ({result.MegabytesPerSecond:N1} MB/s, {result.PublishedPerSecond:N0} published/s)");
        Line(output, $"  latency ms     mean {result.Latency.Mean:0.000}  p50 {result.Latency.P50:0.000}  p90 {result.Latency.P90:0.000}  p99 {result.Latency.P99:0.000}  p99.9 {result.Latency.P999:0.000}  max {result.Latency.Max:0.000}");
        if (result.Server is { } server)
        {
            Line(output, $"  server         {server.CpuPercent:0} % of a core, {result.CpuMicrosPerDelivery:0.000} µs a delivery, {server.ResidentMegabytes:0.0} MB (peak {server.PeakMegabytes:0.0}, idle {server.IdleMegabytes:0.0}), {server.KilobytesPerConnection:0.0} KiB a connection");
        }

        foreach (var (name, value) in result.Extras)
        {
            Line(output, $"  {name,-14} {value:N3}");
        }

        var checks = result.Checks;
        Line(output, $"  checks         {checks.Delivered:N0} delivered, {checks.Lost:N0} lost, {checks.Duplicated:N0} duplicated, {checks.Reordered:N0} reordered, {checks.Corrupted:N0} corrupted, {checks.Foreign:N0} foreign, {checks.Disconnected:N0} disconnected");
        Line(output, $"  {result.Loader.Statement}");
        foreach (var problem in result.Problems)
        {
            Line(output, $"  ! {problem}");
        }

        Line(output, $"  {(result.Passed ? "PASSED" : "FAILED")}");
    }

    private static void Line(TextWriter output, FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
