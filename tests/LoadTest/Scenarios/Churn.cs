using System.Diagnostics;
using OrleansRelay.LoadTest.Running;
using OrleansRelay.LoadTest.Sockets;

namespace OrleansRelay.LoadTest.Scenarios;

/// <summary>Connections come and go beside viewers that stay.</summary>
internal sealed class Churn : IScenario
{
    public string Name => "churn";

    public string Question => "Do viewers that stay feel others come and go, and how long does a connect take meanwhile?";

    public LoadOptions Adjust(LoadOptions options) => options with { Viewers = 500, MessageBytes = 512, Rate = 20 };

    public void Run(LoadRun run)
    {
        run.ConnectViewers(run.Options.Viewers, ViewerKind.Counted);
        run.ConnectPublishers();
        run.StartPublishing();
        run.RunFor(run.Options.WarmUp);

        run.Handshakes.Clear();
        var passing = new Queue<Viewer>();
        var (came, left) = (0, 0);
        var interval = (long)(Stopwatch.Frequency / run.Options.ChurnRate);
        var nextAt = EventLoop.Now;
        run.ScenarioWork = now =>
        {
            for (; nextAt <= now; nextAt += interval)
            {
                var viewer = run.ConnectOne(ViewerKind.Passing, run.Options.LiveUrl, came++ % run.Options.Channels);
                passing.Enqueue(viewer);
            }

            while (passing.TryPeek(out var oldest) && now - oldest.Connection!.StartedAt >= EventLoop.Ticks(run.Options.ChurnStay))
            {
                left += oldest.IsOpen ? 1 : 0;
                passing.Dequeue().Connection!.Close();
            }

            return Math.Min(nextAt, now + EventLoop.Ticks(TimeSpan.FromMilliseconds(5)));
        };
        run.Measure();
        var seconds = EventLoop.Seconds(run.Meter.Measured.End.At - run.Meter.Measured.Begin.At);
        run.ScenarioWork = _ => long.MaxValue;
        foreach (var viewer in passing)
        {
            viewer.Connection!.Close();
        }

        run.Extras["came and went/s"] = left / (seconds + run.Options.WarmUp.TotalSeconds);
        run.Extras["connect p50 ms"] = run.Handshakes.At(50) / 1e6;
        run.Extras["connect p99 ms"] = run.Handshakes.At(99) / 1e6;
        run.Extras["connect max ms"] = run.Handshakes.Max / 1e6;
        run.StopAndCheck();
    }
}
