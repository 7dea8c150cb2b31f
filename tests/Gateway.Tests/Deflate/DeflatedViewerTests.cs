using System.Globalization;
using System.Net.WebSockets;

namespace OrleansRelay.Gateway.Tests.Deflate;

/// <summary>Viewers with permessage-deflate over real sockets; .NET's own client inflates.</summary>
public sealed class DeflatedViewerTests(DeflateFixture fixture) : IClassFixture<DeflateFixture>
{
    private const string Offer = "permessage-deflate; client_max_window_bits";

    private readonly string _channel = RelayHost.NewChannel();

    private RelayHost Relay => fixture.Relay;

    private static WebSocketDeflateOptions Deflate => new();

    [Fact]
    public async Task AMessageIsCompressedOnceForAllWhoTakeItSo()
    {
        const int Messages = 20;
        await using var relay = await RelayHost.StartAsync("Deflate:IsEnabled=true");
        using var count = new DeflateCount(relay.Services);
        var viewers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => WebSocketViewer.OpenAsync(relay.Address, "viewer/" + _channel, deflate: Deflate)));
        await PublishAsync(relay, Long(0));
        await Task.WhenAll(viewers.Select(viewer => viewer.NextMessageAsync()));
        var before = count.Smaller;

        for (var number = 1; number <= Messages; number++)
        {
            await PublishAsync(relay, Long(number));
        }

        foreach (var viewer in viewers)
        {
            for (var number = 1; number <= Messages; number++)
            {
                Assert.Equal(Long(number), (await viewer.NextMessageAsync()).Text);
            }

            await viewer.DisposeAsync();
        }

        Assert.Equal(Messages, count.Smaller - before);
    }

    [Fact]
    public async Task AllWhoTakeItSoGetTheSameBytesAndTheOthersPlainOnes()
    {
        await using var one = await RawSocket.UpgradeAsync(Relay.Address, "viewer/" + _channel, extensions: Offer);
        await using var other = await RawSocket.UpgradeAsync(Relay.Address, "viewer/" + _channel, extensions: "permessage-deflate; server_max_window_bits=13");
        await using var declined = await RawSocket.UpgradeAsync(Relay.Address, "viewer/" + _channel, extensions: "permessage-deflate; server_max_window_bits=9");
        await using var plain = await RawSocket.UpgradeAsync(Relay.Address, "viewer/" + _channel);

        await PublishAsync(Relay, Long(1));

        var compressed = (await one.ReadFrameAsync())!.Value.Payload;
        Assert.Equal(4, one.ReservedBits);
        Assert.Equal(compressed, (await other.ReadFrameAsync())!.Value.Payload);
        Assert.True(compressed.Length < Long(1).Length / 2);
        foreach (var viewer in (RawSocket[])[declined, plain])
        {
            Assert.Equal(Long(1), Text((await viewer.ReadFrameAsync())!.Value.Payload));
            Assert.Equal(0, viewer.ReservedBits);
        }
    }

    [Fact]
    public async Task WhatIsShortOrDoesNotShrinkIsPlainBetweenWhatIsCompressed()
    {
        var noise = new byte[2000];
        new Random(1).NextBytes(noise);
        await using var viewer = await RawSocket.UpgradeAsync(Relay.Address, "viewer/" + _channel, extensions: Offer);

        await PublishAsync(Relay, Long(1));
        await PublishAsync(Relay, "short");
        await Relay.PostAsync("streamer/" + _channel, noise, "application/octet-stream");
        await PublishAsync(Relay, "last");

        Assert.Equal(1, (await viewer.ReadFrameAsync())!.Value.Opcode);
        Assert.Equal(4, viewer.ReservedBits);
        Assert.Equal("short", Text((await viewer.ReadFrameAsync())!.Value.Payload));
        Assert.Equal(0, viewer.ReservedBits);
        Assert.Equal(noise, (await viewer.ReadFrameAsync())!.Value.Payload);
        Assert.Equal(0, viewer.ReservedBits);
        Assert.Equal("last", Text((await viewer.ReadFrameAsync())!.Value.Payload));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ALateJoinerGetsTheBufferCompressedAndGoesOnLive(bool isV1)
    {
        const int Stored = 600;
        await using var publisher = await Publisher.OpenAsync(Relay.Address, "streamer/" + _channel, isV1: true);
        for (var number = 1; number <= Stored; number++)
        {
            await publisher.SendAsync(number % 3 == 0 ? $"{number}" : Long(number));
        }

        await publisher.AcknowledgedAsync();
        using var count = new DeflateCount(Relay.Services);
        await using var late = await WebSocketViewer.OpenAsync(Relay.Address, "viewer/" + _channel, isV1, Deflate);
        for (var number = 1; number <= Stored; number++)
        {
            Assert.Equal(number % 3 == 0 ? $"{number}" : Long(number), (await late.NextMessageAsync()).Text);
        }

        Assert.True(count.Smaller >= Stored * 2 / 3);
        await publisher.SendAsync(Long(Stored + 1));
        Assert.Equal(Long(Stored + 1), (await late.NextMessageAsync()).Text);
        await publisher.EndAsync();
    }

    [Fact]
    public async Task LateJoinersShareWhatWasCompressedForTheFirst()
    {
        await using var relay = await RelayHost.StartAsync("Deflate:IsEnabled=true");
        await using var publisher = await Publisher.OpenAsync(relay.Address, "streamer/" + _channel, isV1: true);
        for (var number = 1; number <= 256; number++)
        {
            await publisher.SendAsync(Long(number));
        }

        await publisher.AcknowledgedAsync();
        using var count = new DeflateCount(relay.Services);
        for (var joined = 0; joined < 5; joined++)
        {
            await using var viewer = await WebSocketViewer.OpenAsync(relay.Address, "viewer/" + _channel, deflate: Deflate);
            for (var number = 1; number <= 256; number++)
            {
                Assert.Equal(Long(number), (await viewer.NextMessageAsync()).Text);
            }
        }

        Assert.Equal(256, count.Smaller);
        await publisher.EndAsync();
    }

    [Fact]
    public async Task ControlFramesComeBetweenCompressedMessages()
    {
        await using var viewer = await RawSocket.UpgradeAsync(Relay.Address, "viewer/" + _channel, extensions: Offer);
        for (var number = 1; number <= 10; number++)
        {
            await PublishAsync(Relay, Long(number));
            Assert.Equal(1, (await viewer.ReadFrameAsync())!.Value.Opcode);
            Assert.Equal(4, viewer.ReservedBits);
            await viewer.SendFrameAsync(9, "ping"u8);
            var pong = (await viewer.ReadFrameAsync())!.Value;
            Assert.Equal((10, "ping", 0), (pong.Opcode, Text(pong.Payload), viewer.ReservedBits));
        }

        await viewer.SendFrameAsync(8, RawSocket.CloseWith(1000));
        Assert.Equal(1000, (await viewer.ReadCloseAsync()).Code);
    }

    [Fact]
    public async Task AV1ViewersNoticesArePlainAndItsMessagesCompressed()
    {
        await using var viewer = await WebSocketViewer.OpenAsync(Relay.Address, "viewer/" + _channel, isV1: true, Deflate);
        await viewer.NextNoticeAsync("seam");

        await PublishAsync(Relay, Long(1));

        var message = await viewer.NextMessageAsync();
        Assert.Equal((Long(1), 1, true), (message.Text, message.Offset, message.IsText));
    }

    [Fact]
    public async Task HubMembersTalkCompressed()
    {
        var (one, other) = (RelayHost.NewChannel(), RelayHost.NewChannel());
        await using var sender = await WebSocketViewer.OpenAsync(Relay.Address, "ws/" + one, deflate: Deflate);
        await using var reader = await WebSocketViewer.OpenAsync(Relay.Address, $"ws/{other}?compat=binary", deflate: Deflate);
        await using var plain = await WebSocketViewer.OpenAsync(Relay.Address, "ws/" + other + "2");

        await sender.SayAsync(System.Text.Encoding.UTF8.GetBytes(Long(1)), isText: true);

        var said = await reader.NextMessageAsync();
        Assert.Equal((Long(1), false), (said.Text, said.IsText));
        Assert.Equal(Long(1), (await plain.NextMessageAsync()).Text);
    }

    private static string Long(int number) => string.Join(',', Enumerable.Repeat($"{{\"number\":{number.ToString(CultureInfo.InvariantCulture)}}}", 40));

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);

    private async Task PublishAsync(RelayHost relay, string text) =>
        (await relay.PostAsync("streamer/" + _channel, System.Text.Encoding.UTF8.GetBytes(text))).EnsureSuccessStatusCode();
}
