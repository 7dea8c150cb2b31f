using OrleansRelay.LoadTest.Measuring;
using OrleansRelay.LoadTest.Running;
using OrleansRelay.LoadTest.Sockets;

namespace OrleansRelay.LoadTest.Scenarios;

/// <summary>Viewers come into channels that have a buffer and go on publishing: each must get all from the first message on, with no gap and no duplicate at the seam.</summary>
internal sealed class LateJoiners : IScenario
{
    private static readonly TimeSpan CaughtUpWithin = TimeSpan.FromSeconds(60);

    public string Name => "late-joiners";

    public string Question => "How fast do late joiners get the buffer, and do the others feel it?";

    public LoadOptions Adjust(LoadOptions options) => options with { Viewers = 500, MessageBytes = 512, Rate = 20 };

    public void Run(LoadRun run)
    {
        // 1. Fill the buffers; one viewer a channel paces the publishers, and is later the one who may be disturbed.
        run.ConnectViewers(run.Options.Channels, ViewerKind.Counted);
        run.ConnectPublishers();
        run.StartPublishing(rate: 0, limit: run.Options.History);
        run.WaitUntil(() => run.Publications.All(publication => publication.Completed >= run.Options.History), "the buffers to be filled", CaughtUpWithin);

        // 2. Live, and into it come the joiners.
        run.StartPublishing();
        run.RunFor(run.Options.WarmUp);
        run.Meter.Begin();
        var startedAt = EventLoop.Now;
        var caughtUp = new LatencyHistogram();
        var lastAt = startedAt;
        var messages = 0L;
        foreach (var joiner in run.ConnectViewers(run.Options.Viewers, ViewerKind.Late, waits: false))
        {
            joiner.Watch = (viewer, sequence, at) =>
            {
                messages++;
                if (sequence >= run.Options.History)
                {
                    lastAt = Math.Max(lastAt, at);
                    viewer.Watch = null;
                    caughtUp.Record((long)(EventLoop.Seconds(at - viewer.Connection!.StartedAt) * 1e9));
                }
            };
        }

        run.WaitUntil(() => caughtUp.Count == run.Options.Viewers, "all joiners to have the buffer", CaughtUpWithin);
        run.Meter.EndWindow();
        run.Meter.End();
        var seconds = EventLoop.Seconds(lastAt - startedAt);
        run.Extras["joiners"] = caughtUp.Count;
        run.Extras["catch-up p50 ms"] = caughtUp.At(50) / 1e6;
        run.Extras["catch-up p99 ms"] = caughtUp.At(99) / 1e6;
        run.Extras["catch-up max ms"] = caughtUp.Max / 1e6;
        run.Extras["all served in s"] = seconds;
        run.Extras["history messages/s"] = messages / seconds;
        if (run.Meter.Measured.End.Server is { } end && run.Meter.Measured.Begin.Server is { } begin)
        {
            run.Extras["server µs per joiner"] = 1e6 * (end.CpuSeconds - begin.CpuSeconds) / run.Options.Viewers;
        }

        run.StopAndCheck();
    }
}
