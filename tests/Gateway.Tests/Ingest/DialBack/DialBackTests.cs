using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace OrleansRelay.Gateway.Tests.Ingest.DialBack;

/// <summary>Seed 000's way in: a GET makes the relay connect to its caller.</summary>
public sealed class DialBackTests
{
    [Fact]
    public async Task TheRelayDialsItsCallerAndPublishesWhatItReceives()
    {
        await using var dashboard = await FakeDashboard.StartAsync();
        await using var relay = await StartAsync(dashboard.Port);
        await using var viewer = await WebSocketViewer.OpenAsync(relay.Address, "viewer/chess");

        using var answer = await CallAsync(relay);

        Assert.Equal((HttpStatusCode.OK, "text/html", "Relaying"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync()));
        var (path, socket) = await dashboard.DialledAsync();
        Assert.Equal("/game/1/time", path);
        await FakeDashboard.SendAsync(socket, "eNqrVkrOT0lVslJQSkksSVSyUgoJ");
        var message = await viewer.NextMessageAsync();
        Assert.Equal((true, "eNqrVkrOT0lVslJQSkksSVSyUgoJ"), (message.IsText, message.Text));
    }

    [Fact]
    public async Task PortAndPathAreSettings()
    {
        await using var dashboard = await FakeDashboard.StartAsync();
        await using var relay = await StartAsync(dashboard.Port, "DialBack:Path=/game/2/apm,chat?all=1");

        using var answer = await CallAsync(relay);

        Assert.Equal("/game/2/apm,chat", (await dashboard.DialledAsync()).Path);
    }

    [Fact]
    public async Task ASecondCallTakesOverAndDropsTheBuffer()
    {
        await using var dashboard = await FakeDashboard.StartAsync();
        await using var relay = await StartAsync(dashboard.Port);
        await using var viewer = await WebSocketViewer.OpenAsync(relay.Address, "viewer/chess", isV1: true);
        using var first = await CallAsync(relay);
        var (_, former) = await dashboard.DialledAsync();
        await FakeDashboard.SendAsync(former, "old game");
        await viewer.NextMessageAsync();

        using var second = await CallAsync(relay);
        var (_, latter) = await dashboard.DialledAsync();
        await FakeDashboard.SendAsync(former, "still the old game");
        await FakeDashboard.SendAsync(latter, "new game");

        Assert.True((await viewer.NextNoticeAsync("started")).GetProperty("reset").GetBoolean());
        Assert.Equal("new game", (await viewer.NextMessageAsync()).Text);
        var close = await former.ReceiveAsync(new byte[10], CancellationToken.None).WithinTest("the former connection to be closed");
        Assert.Equal((4001, WebSocketMessageType.Close), ((int?)former.CloseStatus, close.MessageType));
        await using var late = await WebSocketViewer.OpenAsync(relay.Address, "viewer/chess");
        Assert.Equal("new game", (await late.NextMessageAsync()).Text);
    }

    [Fact]
    public async Task ADashboardThatClosesEndsTheStream()
    {
        await using var dashboard = await FakeDashboard.StartAsync();
        await using var relay = await StartAsync(dashboard.Port);
        await using var viewer = await WebSocketViewer.OpenAsync(relay.Address, "viewer/chess", isV1: true);
        using var answer = await CallAsync(relay);
        var (_, socket) = await dashboard.DialledAsync();
        await FakeDashboard.SendAsync(socket, "last");

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).WithinTest("the relay's answer to the close");

        Assert.Equal("ended", (await viewer.NextNoticeAsync("ended")).GetProperty("reason").GetString());
    }

    /// <summary>As seed 000's dashboard does: each connection gets the whole history, then what is new.</summary>
    [Fact]
    public async Task ABrokenConnectionIsDialledAgainAndWhatComesThenStartsAnew()
    {
        await using var dashboard = await FakeDashboard.StartAsync();
        await using var relay = await StartAsync(dashboard.Port);
        await using var viewer = await WebSocketViewer.OpenAsync(relay.Address, "viewer/chess", isV1: true);
        using var answer = await CallAsync(relay);
        var (_, broken) = await dashboard.DialledAsync();
        await FakeDashboard.SendAsync(broken, "first");
        Assert.Equal(1, (await viewer.NextMessageAsync()).Offset);

        broken.Abort();
        var (_, again) = await dashboard.DialledAsync();
        await FakeDashboard.SendAsync(again, "first");
        await FakeDashboard.SendAsync(again, "second");

        Assert.True((await viewer.NextNoticeAsync("started")).GetProperty("reset").GetBoolean());
        Assert.Equal(["first", "second"], [(await viewer.NextMessageAsync()).Text, (await viewer.NextMessageAsync()).Text]);
        await using var late = await WebSocketViewer.OpenAsync(relay.Address, "viewer/chess");
        Assert.Equal(["first", "second"], [(await late.NextMessageAsync()).Text, (await late.NextMessageAsync()).Text]);
    }

    [Fact]
    public async Task OrIsAppendedWhereTheSettingSaysSo()
    {
        await using var dashboard = await FakeDashboard.StartAsync();
        await using var relay = await StartAsync(dashboard.Port, "DialBack:AppendsAfterReconnect=true");
        await using var viewer = await WebSocketViewer.OpenAsync(relay.Address, "viewer/chess", isV1: true);
        using var answer = await CallAsync(relay);
        var (_, broken) = await dashboard.DialledAsync();
        await FakeDashboard.SendAsync(broken, "before");
        Assert.Equal(1, (await viewer.NextMessageAsync()).Offset);

        broken.Abort();
        var (_, again) = await dashboard.DialledAsync();
        await FakeDashboard.SendAsync(again, "after");

        var next = await viewer.NextAsync().WithinTest("the next event");
        while (next.Type == "position")
        {
            next = await viewer.NextAsync().WithinTest("the next event");
        }

        Assert.Equal((2, "after"), (next.Offset, next.Text));
    }

    [Fact]
    public async Task ADashboardThatDoesNotComeBackIsALostPublisher()
    {
        var dashboard = await FakeDashboard.StartAsync();
        await using var relay = await StartAsync(dashboard.Port, "Channels:Default:PublisherLease=00:00:01", "DialBack:ReconnectFor=00:00:01");
        await using var viewer = await WebSocketViewer.OpenAsync(relay.Address, "viewer/chess", isV1: true);
        using var answer = await CallAsync(relay);
        var (_, socket) = await dashboard.DialledAsync();

        socket.Abort();
        await dashboard.DisposeAsync();

        Assert.Equal("lost", (await viewer.NextNoticeAsync("ended")).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task SomethingThatIsNoWebSocketServerIsABadGateway()
    {
        await using var other = await RelayHost.StartAsync();
        await using var relay = await StartAsync(other.Address.Port);

        using var answer = await CallAsync(relay);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("not as a WebSocket server", await DetailAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SomethingThatIsNoHttpServerIsABadGateway()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeGarbageAsync(listener);
        await using var relay = await StartAsync(((IPEndPoint)listener.LocalEndpoint).Port);

        using var answer = await CallAsync(relay);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        listener.Stop();
        await serving.WithinTest("the listener to end");
    }

    [Fact]
    public async Task NobodyThereIsATimeoutThatSaysWhatToLookAt()
    {
        await using var relay = await StartAsync(FreePort(), "DialBack:ConnectWithin=00:00:00.5");

        using var answer = await CallAsync(relay);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Contains("Is the dashboard running", await DetailAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SomebodyWhoNeverAnswersIsATimeout()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var relay = await StartAsync(((IPEndPoint)listener.LocalEndpoint).Port, "DialBack:ConnectWithin=00:00:00.5");

        using var answer = await CallAsync(relay);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
    }

    [Fact]
    public async Task ACallThatLeadsNowhereLeavesTheBufferAlone()
    {
        await using var relay = await StartAsync(FreePort(), "DialBack:ConnectWithin=00:00:00.1");
        (await relay.PostAsync("streamer/chess", "kept"u8.ToArray())).EnsureSuccessStatusCode();

        using var answer = await CallAsync(relay);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Single((await relay.Channel("chess").ReadHistoryAsync(1, 9)).Messages);
    }

    [Fact]
    public async Task ADashboardThatIsStartedLateIsFound()
    {
        var port = FreePort();
        await using var relay = await StartAsync(port, "DialBack:ConnectWithin=00:00:20");
        var call = CallAsync(relay);

        await using var dashboard = await FakeDashboard.StartAsync(port: port);

        using var answer = await call;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("DialBack:IsEnabled=false", "does not call back. Connect by WebSocket")]
    [InlineData("DialBack:Addresses=Public", "does not call back addresses like")]
    public async Task AnAddressThatMayNotBeCalledIsRefused(string setting, string error)
    {
        await using var relay = await StartAsync(FreePort(), setting);

        using var answer = await CallAsync(relay);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains(error, await DetailAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARefusingChannelThatHasAPublisherIsAConflict()
    {
        await using var dashboard = await FakeDashboard.StartAsync();
        await using var relay = await StartAsync(dashboard.Port, "Channels:Default:Publishers=Refuse");
        await using var publisher = await Publisher.OpenAsync(relay.Address, "streamer/chess");

        using var answer = await CallAsync(relay);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        await publisher.EndAsync();
    }

    [Fact]
    public async Task AForwardedAddressIsBelievedOnlyFromAKnownProxy()
    {
        // 127.0.0.1 is the caller, 127.0.0.2 whom it says it forwards.
        await using var dashboard = await FakeDashboard.StartAsync(IPAddress.Parse("127.0.0.2"));
        await using var believing = await StartAsync(dashboard.Port, "Gateway:KnownProxies=127.0.0.1");
        await using var doubting = await StartAsync(dashboard.Port, "DialBack:ConnectWithin=00:00:00.1");

        using var relayed = await CallAsync(believing, "127.0.0.2");
        using var refused = await CallAsync(doubting, "127.0.0.2");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.GatewayTimeout), (relayed.StatusCode, refused.StatusCode));
    }

    [Fact]
    public async Task TheDrainEndsADialledConnectionToo()
    {
        await using var dashboard = await FakeDashboard.StartAsync();
        await using var relay = await StartAsync(dashboard.Port);
        using var answer = await CallAsync(relay);
        var (_, socket) = await dashboard.DialledAsync();

        var stop = relay.StopAsync();

        await socket.ReceiveAsync(new byte[10], CancellationToken.None).WithinTest("the close");
        Assert.Equal(4200, (int?)socket.CloseStatus);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        await stop;
    }

    /// <summary>The relay doesn't wait long for dashboards of tests that leave its close unanswered.</summary>
    private static Task<RelayHost> StartAsync(int dashboardPort, params string[] settings) =>
        RelayHost.StartAsync([$"DialBack:Port={dashboardPort}", "Ingest:CloseWithin=00:00:00.1", .. settings]);

    private static async Task<HttpResponseMessage> CallAsync(RelayHost relay, string? forwardedFor = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, relay.At("streamer/chess"));
        if (forwardedFor is not null)
        {
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        }

        return await relay.Http.SendAsync(request).WithinTest("the answer to the call");
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString()!;
    }

    private static async Task ServeGarbageAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await client.GetStream().ReadAtLeastAsync(new byte[4096], 1);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("220 mail.example ESMTP\r\n"));
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidOperationException or IOException)
        {
            // The test is over: in an accept, before one, or in a read.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
