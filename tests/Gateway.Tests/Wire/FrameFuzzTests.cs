using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Hub;
using OrleansRelay.Gateway.Viewers;

namespace OrleansRelay.Gateway.Tests.Wire;

/// <summary>Random and damaged frames into every WebSocket address: nothing fails, hangs or stays behind, and nobody else misses anything.</summary>
/// <remarks>
/// The same connections each time, so that a failure is one for all. Others by hand: <c>RELAY_FUZZ_SEED=42 RELAY_FUZZ_CONNECTIONS=5000</c>.
/// A failure names its seed.
/// </remarks>
public sealed class FrameFuzzTests : IAsyncLifetime
{
    private const string Channel = "shared/fuzz";
    private const string Last = "the last one";
    private const int AtOnce = 8;

    private static readonly string[] Paths = ["streamer/" + Channel, "viewer/" + Channel, "viewer/" + Channel + "?from=live", "ws/mad-{number}"];
    private static readonly int Connections = Setting("RELAY_FUZZ_CONNECTIONS") ?? 200;

    private readonly KeptWarnings _warnings = new();
    private RelayHost _relay = null!;

    public static TheoryData<int> Seeds => Setting("RELAY_FUZZ_SEED") is { } seed ? [seed] : [1, 2, 3];

    public async Task InitializeAsync() => _relay = await RelayHost.StartAsync(
        builder => _warnings.AddTo(builder.Logging),
        "Deflate:IsEnabled=true", "Viewers:Linger=00:00:00", "Channels:Namespaces:shared:Publishers=Shared", "Channels:Default:PublisherLease=00:00:01",
        "Channels:Default:MaxMessageBytes=65536", "Channels:Default:ViewerQueueBytes=67108864", "Channels:Default:ViewerQueueMessages=1000000",
        "Channels:Default:HistoryBytes=67108864");

    public async Task DisposeAsync() => await _relay.DisposeAsync();

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task WhateverFramesComeNothingStaysBehindAndNobodyElseMissesAnything(int seed)
    {
        try
        {
            await FuzzAsync(seed);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Fuzzing failed. To see it again: RELAY_FUZZ_SEED={seed} RELAY_FUZZ_CONNECTIONS={Connections}", exception);
        }
    }

    private async Task FuzzAsync(int seed)
    {
        using var gauges = new GatewayGauges(_relay.Services);

        // Those who must not notice: viewers in three forms, and two members of the hub.
        await using var v1 = await WebSocketViewer.OpenAsync(_relay.Address, "viewer/" + Channel, isV1: true);
        await using var plain = await WebSocketViewer.OpenAsync(_relay.Address, "viewer/" + Channel);
        await using var deflated = await WebSocketViewer.OpenAsync(_relay.Address, "viewer/" + Channel, deflate: new WebSocketDeflateOptions());
        await using var listener = await WebSocketViewer.OpenAsync(_relay.Address, "ws/listener");
        await using var speaker = await WebSocketViewer.OpenAsync(_relay.Address, "ws/speaker");
        await using var publisher = await Publisher.OpenAsync(_relay.Address, "streamer/" + Channel + "?publisher=good", isV1: true);
        var watching = Task.WhenAll(ReadToLastAsync(v1), ReadToLastAsync(plain), ReadToLastAsync(deflated));
        var listening = ReadToLastAsync(listener);

        var round = 0;
        foreach (var numbers in Enumerable.Range(0, Connections).Chunk(AtOnce))
        {
            await Task.WhenAll(numbers.Select(number => RunAsync(seed, number)));
            await SayAsync(publisher, speaker, Good(++round));
        }

        await SayAsync(publisher, speaker, Last);
        await publisher.AcknowledgedAsync();
        await NobodyNoticedAsync(await watching.WithinTest("the viewers to have everything"), await listening.WithinTest("the hub's member to have everything"), round);

        await publisher.EndAsync();
        await v1.NextNoticeAsync("ended");
        await Task.WhenAll(v1.CloseAsync(), plain.CloseAsync(), deflated.CloseAsync(), listener.CloseAsync(), speaker.CloseAsync());
        await NothingStayedBehindAsync(gauges);
        Assert.True(_warnings.Texts.Count == 0, string.Join(Environment.NewLine, _warnings.Texts));
    }

    private async Task RunAsync(int seed, int number)
    {
        try
        {
            await new FuzzedConnection(seed, number).RunAsync(_relay.Address, Paths);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Connection {number} failed.", exception);
        }
    }

    private async Task NobodyNoticedAsync(List<ViewerEvent>[] viewers, List<ViewerEvent> member, int rounds)
    {
        var good = Enumerable.Range(1, rounds).Select(Good).Append(Last).ToArray();
        Assert.All(viewers.Append(member), seen => Assert.Equal(good, seen.Select(message => message.Text).Where(good.Contains)));

        var history = await _relay.PayloadsAsync(Channel);
        Assert.Equal(Enumerable.Range(1, history.Count).Select(offset => (long)offset), viewers[0].Select(message => message.Offset));
        Assert.All(viewers, seen => Assert.Equal(history, seen.Select(message => Convert.ToHexString(message.Payload))));
    }

    private async Task NothingStayedBehindAsync(GatewayGauges gauges)
    {
        await _relay.Services.GetRequiredService<ConnectionLimits>().AllGone.WithinTest("all connections to be gone");
        await gauges.IsAsync("relay.viewers.active", 0);
        await gauges.IsAsync("relay.publishers.active", 0);
        await gauges.IsAsync("relay.feeds.active", 0);
        Assert.Equal(0, _relay.Services.GetRequiredService<ViewerRegistry>().Count);
        Assert.Equal(0, (await _relay.Channel(HubEndpoint.Channel.Value).ListMembersAsync(0, 10)).Total);
        Assert.False((await _relay.Channel(Channel).GetStateAsync()).IsLive);
    }

    private static async Task<List<ViewerEvent>> ReadToLastAsync(WebSocketViewer viewer)
    {
        var seen = new List<ViewerEvent>();
        do
        {
            seen.Add(await viewer.NextMessageAsync());
        }
        while (seen[^1].Text != Last);
        return seen;
    }

    private static async Task SayAsync(Publisher publisher, WebSocketViewer speaker, string text)
    {
        await publisher.SendAsync(text);
        await speaker.SayAsync(Encoding.UTF8.GetBytes(text), isText: true);
    }

    private static string Good(int round) => $"good message {round}";

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;
}
