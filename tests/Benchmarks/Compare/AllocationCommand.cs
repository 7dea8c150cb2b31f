using System.CommandLine;
using System.Globalization;
using OrleansRelay.Benchmarks.Channels;
using OrleansRelay.Benchmarks.Viewers;

namespace OrleansRelay.Benchmarks.Compare;

/// <summary><c>allocations</c>: the gate on managed bytes a delivery. Counts, not times: the same on every machine, in a second.</summary>
internal static class AllocationCommand
{
    private const int Repeats = 200;

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

            // A message of 64 B has its 66 bytes in a chunk and 24 in its index, once, whatever the number of viewers: under 0.2 bytes for each of 1,000.
            return Check(output, "a delivery of 64 B to 1,000 viewers", fanOut.OneMessageToAll, deliveries: 16 * 1000, mostBytes: 0.25)
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
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-40} {bytes,10:0.0000} bytes allocated, gate {mostBytes:0.00}: {(bytes <= mostBytes ? "met" : "NOT MET")}"));
        return bytes <= mostBytes;
    }
}
