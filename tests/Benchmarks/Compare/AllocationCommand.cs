using System.CommandLine;
using OrleansRelay.Benchmarks.Channels;
using OrleansRelay.Benchmarks.Viewers;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary><c>allocations</c>: the gate on managed bytes a delivery. Counts, not times: the same on every machine, in a second.</summary>
internal static class AllocationCommand
{
    /// <summary>16 messages of 66 bytes each: 2 MB, by which the log has its largest chunks and the pool has them back.</summary>
    private const int Repeats = 2000;

    private const string Unit = "bytes allocated";

    public static Command Create()
    {
        Command command = new("allocations", "Bytes allocated a delivery on the hot path; exit code 1 above the gate.");
        command.SetAction(arguments =>
        {
            var fanOut = new FanOutBenchmark { Viewers = 1000 };
            fanOut.Setup();
            var history = new HistoryBenchmark();
            history.Setup();

            // Bytes and index of the log come from the pool and go back to it. What is left is a chunk's own 88 bytes for each 256 KiB, whatever the number of viewers.
            var verdict = new Verdict();
            verdict.Add("a delivery of 64 B to 1,000 viewers", Gate.AtMost(0.001, Unit, BytesOf(fanOut.OneMessageToAll, deliveries: 16 * 1000)));
            verdict.Add("a message in the buffer", Gate.AtMost(0, Unit, BytesOf(history.AppendAndTrim, deliveries: 1)));
            return verdict.Write(Terminal.Of(arguments.InvocationConfiguration.Output), withMetGates: true);
        });
        return command;
    }

    private static double BytesOf(Action act, int deliveries)
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

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Repeats / deliveries;
    }
}
