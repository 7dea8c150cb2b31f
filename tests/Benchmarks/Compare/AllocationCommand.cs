using System.CommandLine;
using System.Globalization;
using OrleansRelay.Benchmarks.Channels;
using OrleansRelay.Benchmarks.Viewers;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary><c>allocations</c>: the gate on managed bytes a delivery. Counts, not times: the same on every machine, in a second.</summary>
internal static class AllocationCommand
{
    /// <summary>16 messages of 66 bytes each: 2 MB, by which the log has its largest chunks and the pool has them back.</summary>
    private const int Repeats = 2000;

    public static Command Create()
    {
        Command command = new("allocations", "Bytes allocated a delivery on the hot path; exit code 1 above the gate.");
        command.SetAction(arguments =>
        {
            var output = arguments.InvocationConfiguration.Output;
            var fanOut = new FanOutBenchmark { Viewers = 1000 };
            fanOut.Setup();
            var history = new HistoryBenchmark();
            history.Setup();

            // Bytes and index of the log come from the pool and go back to it. What is left is a chunk's own 88 bytes for each 256 KiB, whatever the number of viewers.
            return Check(output, "a delivery of 64 B to 1,000 viewers", fanOut.OneMessageToAll, deliveries: 16 * 1000, mostBytes: 0.001)
                & Check(output, "a message in the buffer", history.AppendAndTrim, deliveries: 1, mostBytes: 0)
                ? 0 : 1;
        });
        return command;
    }

    private static bool Check(TextWriter output, string what, Action act, int deliveries, double mostBytes)
    {
        for (var warmUp = 0; warmUp < Repeats; warmUp++)
        {
            act();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            act();
        }

        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Repeats / deliveries;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-40} {bytes,10:0.0000} bytes allocated, gate {mostBytes:0.000}: {(bytes <= mostBytes ? "met" : "NOT MET")}"));
        return bytes <= mostBytes;
    }
}
