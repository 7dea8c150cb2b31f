using OrleansRelay.LoadTest.Running;
using OrleansRelay.LoadTest.Sockets;

namespace OrleansRelay.LoadTest.Scenarios;

/// <summary>All viewers connect at once, then stay idle, then get a few messages.</summary>
internal sealed class JoinStorm : IScenario
{
    private const int Messages = 3;

    public string Name => "join-storm";

    public string Question => "How fast can viewers connect, and what does one cost that is idle?";

    public LoadOptions Adjust(LoadOptions options) => options with { Viewers = 5000, Duration = TimeSpan.FromSeconds(6) };

    public void Run(LoadRun run)
    {
        // 1. The first connection makes the server warm, and the channel open.
        run.ConnectPublishers();
        var before = run.ServerUsage();
        var startedAt = EventLoop.Now;
        run.ConnectViewers(run.Options.Viewers, ViewerKind.Counted);
        var seconds = EventLoop.Seconds(EventLoop.Now - startedAt);
        run.Extras["connects/s"] = run.Options.Viewers / seconds;
        run.Extras["handshake p50 ms"] = run.Handshakes.At(50) / 1e6;
        run.Extras["handshake p99 ms"] = run.Handshakes.At(99) / 1e6;
        run.Extras["handshake max ms"] = run.Handshakes.Max / 1e6;
        if (run.ServerUsage() is { } after && before is { } idle)
        {
            run.Extras["server µs per connect"] = 1e6 * (after.CpuSeconds - idle.CpuSeconds) / run.Options.Viewers;
        }

        // 2. Idle.
        run.RunFor(run.Options.WarmUp);
        run.Meter.Begin();
        run.RunFor(run.Options.Duration);
        run.Meter.EndWindow();
        run.Extras["idle server CPU %"] = run.Meter.Windows[^1].ServerCpuPercent ?? 0;

        // 3. All of them are really there.
        run.StartPublishing(rate: 10, limit: Messages);
        run.WaitUntil(() => run.Publications.All(publication => publication.Completed == Messages), "all viewers to get the messages");
        run.Meter.EndWindow();
        run.Meter.End();
        run.StopAndCheck();
    }
}
