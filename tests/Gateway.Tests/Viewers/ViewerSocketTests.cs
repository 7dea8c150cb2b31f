using System.Text;

namespace OrleansRelay.Gateway.Tests.Viewers;

/// <summary>Viewers over real sockets: what they say, and how they end.</summary>
public sealed class ViewerSocketTests(RelayFixture fixture) : IClassFixture<RelayFixture>
{
    private const int Ping = 9, Pong = 10;

    private readonly string _channel = RelayHost.NewChannel();

    private RelayHost Relay => fixture.Relay;

    [Fact]
    public async Task WhatManyViewersSayAtOnceIsIgnoredAndHarmsNobody()
    {
        var viewers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RawSocket.UpgradeAsync(Relay.Address, "viewer/" + _channel)));
        var said = RawSocket.ToFrame(1, Encoding.UTF8.GetBytes(new string('ä', 1500)));

        await Task.WhenAll(viewers.Select(async viewer =>
        {
            for (var count = 0; count < 200; count++)
            {
                await viewer.SendAsync(said);
            }

            await viewer.SendFrameAsync(8, RawSocket.CloseWith(1000));
        }));

        foreach (var viewer in viewers)
        {
            Assert.Equal(1000, (await viewer.ReadCloseAsync()).Code);
            await viewer.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AViewerThatClosesIsAnsweredAndGetsNothingMore(bool isV1)
    {
        var headers = new Dictionary<string, string>(RawSocket.Handshake);
        if (isV1)
        {
            headers["Sec-WebSocket-Protocol"] = "relay.v1";
        }

        await using var viewer = await RawSocket.ConnectAsync(Relay.Address);
        await viewer.SendRequestAsync("viewer/" + _channel, headers);
        await viewer.ReadResponseAsync();

        await viewer.SendFrameAsync(8, RawSocket.CloseWith(1000));

        Assert.Equal(1000, (await viewer.ReadCloseAsync()).Code);
        Assert.True(await viewer.IsEndedAsync());
    }

    [Fact]
    public async Task AViewerIsCountedWhileItIsThere()
    {
        await using var first = await WebSocketViewer.OpenAsync(Relay.Address, "viewer/" + _channel, isV1: true);
        await first.NextNoticeAsync("seam");
        await using var second = await SseViewer.OpenAsync(Relay.Address, "viewer/" + _channel);
        await second.NextNoticeAsync("seam");

        // Each beat tells the count to the channel, and then the position to its viewers; the first may have come before the second viewer.
        while ((await Relay.Channel(_channel).GetStateAsync()).Viewers != 2)
        {
            await first.NextNoticeAsync("position");
        }
    }

    [Fact]
    public async Task ASilentViewerIsPingedAndStaysUntilItNoLongerAnswers()
    {
        await using var relay = await RelayHost.StartAsync("Viewers:PingEvery=00:00:01", "Viewers:PongWithin=00:00:03");
        await using var viewer = await RawSocket.UpgradeAsync(relay.Address, "viewer/" + _channel);

        Assert.Equal(Ping, (await viewer.ReadFrameAsync())!.Value.Opcode);
        await viewer.SendFrameAsync(Pong, []);
        Assert.Equal(Ping, (await viewer.ReadFrameAsync())!.Value.Opcode);

        Assert.True(await viewer.IsEndedAsync());
    }
}
