using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Tests.Hosting;

public sealed class ChannelsApiTests(RelayFixture fixture) : IClassFixture<RelayFixture>
{
    private readonly string _channel = RelayHost.NewChannel();

    private RelayHost Relay => fixture.Relay;

    [Fact]
    public async Task AChannelIsToldAsItIs()
    {
        (await Relay.PostAsync("streamer/" + _channel, "12345"u8.ToArray())).EnsureSuccessStatusCode();

        var channel = await GetAsync("api/channels/" + _channel);

        Assert.Equal((_channel, true, 1, 1, 5), (channel.GetProperty("channel").GetString(), channel.GetProperty("live").GetBoolean(), channel.GetProperty("head").GetInt64(),
            channel.GetProperty("firstHeld").GetInt64(), channel.GetProperty("heldBytes").GetInt64()));
        Assert.True(channel.GetProperty("startedAt").GetInt64() > 0 && channel.GetProperty("epoch").GetInt64() > 0);
        Assert.Equal((0, 0, ""), (channel.GetProperty("endedAt").GetInt64(), channel.GetProperty("viewers").GetInt32(), channel.GetProperty("title").GetString()));
    }

    [Fact]
    public async Task AChannelThatNobodyEverOpenedIsToldToo() =>
        Assert.False((await GetAsync("api/channels/" + _channel)).GetProperty("live").GetBoolean());

    [Fact]
    public async Task LiveChannelsAreListed()
    {
        await using var relay = await RelayHost.StartAsync();
        await using var viewer = await WebSocketViewer.OpenAsync(relay.Address, "viewer/chess", isV1: true);
        (await relay.PostAsync("streamer/chess", "a"u8.ToArray())).EnsureSuccessStatusCode();
        (await relay.PostAsync("streamer/go/quiet", "a"u8.ToArray())).EnsureSuccessStatusCode();

        // The beat that tells a channel's viewers their position comes after the one that told the directory.
        await viewer.NextMessageAsync();
        await viewer.NextNoticeAsync("position");
        await viewer.NextNoticeAsync("position");

        var list = JsonDocument.Parse(await relay.Http.GetStringAsync(relay.At("api/channels")).WithinTest("the list")).RootElement.GetProperty("channels");
        Assert.Equal([("chess", 1), ("go/quiet", 0)], list.EnumerateArray().Select(line => (line.GetProperty("channel").GetString(), line.GetProperty("viewers").GetInt32())));
    }

    [Fact]
    public async Task TextsThatAreGivenAreSetAndTheOthersStay()
    {
        await PatchAsync("""{"title":"Final","game":"chess"}""", HttpStatusCode.OK);

        var channel = await PatchAsync("""{"description":"Game 4"}""", HttpStatusCode.OK);

        Assert.Equal(("Final", "Game 4", "chess"), (channel.GetProperty("title").GetString(), channel.GetProperty("description").GetString(), channel.GetProperty("game").GetString()));
    }

    [Fact]
    public async Task OptionsAreSetTogether()
    {
        await PatchAsync("""{"slowViewers":"LatestOnly","historyMessages":2}""", HttpStatusCode.OK);
        Assert.Equal(SlowViewerPolicy.LatestOnly, (await Relay.Channel(_channel).GetStateAsync()).Settings.SlowViewers);

        await PatchAsync("""{"historyBytes":1000}""", HttpStatusCode.OK);

        Assert.Equal(SlowViewerPolicy.Disconnect, (await Relay.Channel(_channel).GetStateAsync()).Settings.SlowViewers);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"titel":"Final"}""")]
    [InlineData("""{"title":7}""")]
    [InlineData("""{"slowViewers":"Sometimes"}""")]
    [InlineData("""{"historyMessages":-1}""")]
    [InlineData("""{"historyMessages":99999999999}""")]
    public async Task AWrongBodyIsRefused(string json) => await PatchAsync(json, HttpStatusCode.BadRequest);

    [Fact]
    public async Task NullIsNotAPatch() => await PatchAsync("null", HttpStatusCode.BadRequest);

    [Fact]
    public async Task ATextThatIsTooLongIsRefused() => await PatchAsync($$"""{"title":"{{new string('x', 501)}}"}""", HttpStatusCode.BadRequest);

    [Theory]
    [InlineData(null, HttpStatusCode.Forbidden)]
    [InlineData("wrong", HttpStatusCode.Forbidden)]
    [InlineData("secret", HttpStatusCode.OK)]
    public async Task WithAKeySetOnlyItsHolderMaySet(string? key, HttpStatusCode status)
    {
        await using var relay = await RelayHost.StartAsync("Gateway:OperatorKey=secret");
        using var request = new HttpRequestMessage(HttpMethod.Patch, relay.At("api/channels/chess")) { Content = new StringContent("""{"title":"Final"}""") };
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);

        using var response = await relay.Http.SendAsync(request).WithinTest("the answer");

        Assert.Equal(status, response.StatusCode);
    }

    private async Task<JsonElement> GetAsync(string path) => JsonDocument.Parse(await Relay.Http.GetStringAsync(Relay.At(path)).WithinTest("the channel")).RootElement;

    private async Task<JsonElement> PatchAsync(string json, HttpStatusCode status)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await Relay.Http.PatchAsync(Relay.At("api/channels/" + _channel), content).WithinTest("the answer to PATCH");
        Assert.Equal(status, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }
}
