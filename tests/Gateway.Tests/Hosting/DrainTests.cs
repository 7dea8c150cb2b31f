using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Tests.Wire;

namespace OrleansRelay.Gateway.Tests.Hosting;

/// <summary>What SIGTERM does to those who are connected.</summary>
public sealed class DrainTests : IAsyncLifetime
{
    private RelayHost _relay = null!;

    public async Task InitializeAsync() => _relay = await RelayHost.StartAsync();

    public async Task DisposeAsync() => await _relay.DisposeAsync();

    [Fact]
    public async Task EveryFormOfViewerIsToldToComeBackAtOnce()
    {
        await using var plain = await WebSocketViewer.OpenAsync(_relay.Address, "viewer/chess");
        await using var v1 = await WebSocketViewer.OpenAsync(_relay.Address, "viewer/chess", isV1: true);
        await using var sse = await SseViewer.OpenAsync(_relay.Address, "viewer/chess");
        await using var member = await WebSocketViewer.OpenAsync(_relay.Address, "ws/ann");

        var stop = _relay.StopAsync();

        foreach (var viewer in (IViewer[])[plain, v1, sse, member])
        {
            var (code, reason) = await viewer.ClosedAsync();
            Assert.Equal(4200, code);
            Assert.StartsWith("restarting", reason, StringComparison.Ordinal);
            await viewer.DisposeAsync();
        }

        await stop;
    }

    [Fact]
    public async Task WhatADrainHasStillToCloseIsMeasured()
    {
        using var gauges = new GatewayGauges(_relay.Services);
        await using var one = await WebSocketViewer.OpenAsync(_relay.Address, "viewer/chess");
        await using var two = await WebSocketViewer.OpenAsync(_relay.Address, "viewer/chess");
        await gauges.IsAsync("relay.viewers.active", 2);
        var begun = gauges.IsAsync("relay.drain.remaining", 2);

        var stop = _relay.StopAsync();

        await begun;
        await Task.WhenAll(one.ClosedAsync(), two.ClosedAsync());
        await gauges.IsAsync("relay.drain.remaining", 0);
        await one.DisposeAsync();
        await two.DisposeAsync();
        await stop;
    }

    [Fact]
    public async Task WhatAPublisherSentBeforeItHeardIsStoredAndAcknowledgedAndSeen()
    {
        await using var viewer = await WebSocketViewer.OpenAsync(_relay.Address, "viewer/chess");
        await using var publisher = await Publisher.OpenAsync(_relay.Address, "streamer/chess?publisher=p", isV1: true);
        for (var number = 1; number <= 500; number++)
        {
            await publisher.SendAsync($"message {number}");
        }

        var stop = _relay.StopAsync();

        var (code, _) = await publisher.ClosedAsync();
        Assert.Equal(4200, code);
        await publisher.AnswerCloseAsync();
        for (var number = 1; number <= publisher.Acknowledged; number++)
        {
            Assert.Equal($"message {number}", (await viewer.NextMessageAsync()).Text);
        }

        Assert.Equal(4200, (await viewer.ClosedAsync()).Code);
        await viewer.DisposeAsync();
        await stop;
    }

    [Fact]
    public async Task NewcomersAreToldToComeBackAndTheHealthIsOff()
    {
        await using var publisher = await RawSocket.UpgradeAsync(_relay.Address, "streamer/chess");

        // A publisher that has not answered the close yet keeps the drain going.
        var stop = _relay.StopAsync();
        await _relay.Services.GetRequiredService<GatewayDrain>().Begun.WithinTest("the drain to begin");
        await using var newcomer = await RawSocket.ConnectAsync(_relay.Address);
        await newcomer.SendRequestAsync("viewer/chess", RawSocket.Handshake);
        var answer = await newcomer.ReadResponseAsync();
        await newcomer.SendRequestAsync("health", new Dictionary<string, string> { ["Host"] = "relay" });
        var health = await newcomer.ReadResponseAsync();

        Assert.Equal((503, 503), (answer.Status, health.Status));
        Assert.Contains("Retry-After: 1\r\n", answer.Head, StringComparison.Ordinal);
        Assert.Contains("\"draining\"", health.Body, StringComparison.Ordinal);
        Assert.Equal(4200, (await publisher.ReadCloseAsync()).Code);
        await publisher.SendFrameAsync(8, RawSocket.CloseWith(1000));
        await publisher.DisposeAsync();
        await newcomer.DisposeAsync();
        await stop;
    }

    /// <summary>An EventSource that gets a 503 never comes back.</summary>
    [Fact]
    public async Task AnEventSourceThatComesMeanwhileIsToldToComeAgain()
    {
        await using var publisher = await RawSocket.UpgradeAsync(_relay.Address, "streamer/chess");
        var stop = _relay.StopAsync();
        await _relay.Services.GetRequiredService<GatewayDrain>().Begun.WithinTest("the drain to begin");

        using var request = new HttpRequestMessage(HttpMethod.Get, _relay.At("viewer/chess"));
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var answer = await _relay.Http.SendAsync(request).WithinTest("the answer");

        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Matches("^retry: [0-9]{1,4}\nevent: close\ndata: \\{\"type\":\"close\",\"code\":4200,[^\n]*\n\n$", await answer.Content.ReadAsStringAsync());
        await publisher.SendFrameAsync(8, RawSocket.CloseWith(1000));
        await publisher.DisposeAsync();
        await stop;
    }

    [Fact]
    public async Task AViewerThatDoesNotAnswerDoesNotHoldUpTheStop()
    {
        await using var relay = await RelayHost.StartAsync("Viewers:CloseWithin=00:00:00.1");
        await using var viewer = await RawSocket.UpgradeAsync(relay.Address, "viewer/chess");

        await relay.StopAsync();

        Assert.Equal(4200, (await viewer.ReadCloseAsync()).Code);
        Assert.True(await viewer.IsEndedAsync());
    }

    [Fact]
    public async Task AViewerComesBackAndMissesNothing()
    {
        await using var before = await WebSocketViewer.OpenAsync(_relay.Address, "viewer/chess", isV1: true);
        var hello = await before.NextNoticeAsync("hello");
        await PostAsync("a", "b");
        await before.NextMessageAsync();
        var last = await before.NextMessageAsync();
        await before.DisposeAsync();

        await _relay.RestartAsync();
        await PostAsync("c");
        await using var after = await WebSocketViewer.OpenAsync(_relay.Address, $"viewer/chess?since={hello.GetProperty("epoch").GetInt64()}:{last.Offset}", isV1: true);

        Assert.True((await after.NextNoticeAsync("hello")).GetProperty("recovered").GetBoolean());
        Assert.Equal("c", (await after.NextMessageAsync()).Text);
    }

    private async Task PostAsync(params string[] texts)
    {
        foreach (var text in texts)
        {
            (await _relay.PostAsync("streamer/chess", Encoding.UTF8.GetBytes(text))).EnsureSuccessStatusCode();
        }
    }
}
