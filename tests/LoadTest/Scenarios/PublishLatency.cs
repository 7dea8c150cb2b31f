using OrleansRelay.LoadTest.Payload;
using OrleansRelay.LoadTest.Running;

namespace OrleansRelay.LoadTest.Scenarios;

/// <summary>From the intended send to the acknowledgement that the message is stored; relay.v1 only.</summary>
internal sealed class PublishLatency : IScenario
{
    public string Name => "publish-latency";

    public string Question => "How long until a publisher knows that a message is stored?";

    public LoadOptions Adjust(LoadOptions options) => options with { Viewers = 0, Rate = 100, Subprotocol = RelayV1.Subprotocol };

    public void Run(LoadRun run)
    {
        run.MeasuresAcks = true;
        run.ConnectPublishers();
        run.StartPublishing();
        run.Measure();
        run.StopAndCheck();
        run.Loop.RunUntil(() => run.Publications.All(publication => publication.Completed == publication.Sent), run.Options.Drain, CancellationToken.None);
        run.Checks.Lost += run.Publications.Sum(publication => publication.Sent - publication.Completed);
    }
}
