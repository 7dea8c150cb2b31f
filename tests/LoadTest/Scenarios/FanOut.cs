using OrleansRelay.LoadTest.Running;

namespace OrleansRelay.LoadTest.Scenarios;

/// <summary>Publishers to viewers, live. Many channels, video and echo are this with other numbers.</summary>
internal sealed class FanOut(string name, string question, Func<LoadOptions, LoadOptions> adjust) : IScenario
{
    public string Name => name;

    public string Question => question;

    public LoadOptions Adjust(LoadOptions options) => adjust(options);

    public void Run(LoadRun run)
    {
        run.ConnectViewers(run.Options.Viewers, ViewerKind.Counted);
        run.ConnectPublishers();
        run.StartPublishing();
        run.Measure();
        run.StopAndCheck();
    }
}
