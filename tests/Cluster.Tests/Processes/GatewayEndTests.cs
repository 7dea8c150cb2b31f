using System.Text.Json;
using OrleansRelay.Chaos.Processes;
using OrleansRelay.TestKit.Clients;

namespace OrleansRelay.Cluster.Tests.Processes;

public sealed class GatewayEndTests(ClusterProcesses processes) : IClassFixture<ClusterProcesses>
{
    private const int ManyViewers = 2000;
    private const int Restarting = 4200;

    private readonly string _channel = RelayHost.NewChannel();

    [NeedsPostgresFact]
    public async Task ViewersOfAGatewayThatWasKilledLeaveTheRoster()
    {
        var (stays, dies) = (processes.Cluster.Gateways[0], processes.Cluster.Gateways[1]);
        var channel = new Uri(stays.Address, $"api/channels/{_channel}");
        await using var publisher = await Publisher.OpenAsync(stays.Address, $"streamer/{_channel}", isV1: true);
        await using var one = await WebSocketViewer.OpenAsync(stays.Address, $"viewer/{_channel}");
        await using var two = await WebSocketViewer.OpenAsync(dies.Address, $"viewer/{_channel}");
        await using var three = await WebSocketViewer.OpenAsync(dies.Address, $"viewer/{_channel}");
        await processes.AnswersAsync(channel, json => Viewers(json) == 3, "three viewers on the roster");

        dies.Send(Signals.Kill);

        await processes.AnswersAsync(channel, json => Viewers(json) == 1, "the dead gateway's viewers to leave the roster");
        await dies.WaitReadyAsync(2, CancellationToken.None);
    }

    [NeedsPostgresFact]
    public async Task GatewayThatIsTerminatedClosesEveryViewerProperly()
    {
        var (stays, ends) = (processes.Cluster.Gateways[1], processes.Cluster.Gateways[0]);
        var starts = ends.Starts;
        var viewers = new List<WebSocketViewer>();
        while (viewers.Count < ManyViewers)
        {
            viewers.AddRange(await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => WebSocketViewer.OpenAsync(ends.Address, $"viewer/{_channel}", isV1: true))));
        }

        ends.Send(Signals.Terminate);

        var closes = await Task.WhenAll(viewers.Select(viewer => viewer.ClosedAsync()));
        Assert.All(closes, close => Assert.Equal(Restarting, close.Code));
        await ends.WaitReadyAsync(starts + 1, CancellationToken.None);
        Assert.True(await stays.IsReadyAsync(CancellationToken.None));
        foreach (var viewer in viewers)
        {
            await viewer.DisposeAsync();
        }
    }

    private static int Viewers(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("viewers").GetInt32();
    }
}
