using System.Text;
using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Tests.Ingest;

/// <summary>Publishers over WebSocket, as PROTOCOL.md, section 5, has them.</summary>
public sealed class WebSocketPublisherTests(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private readonly string _channel = RelayHost.NewChannel();

    private RelayHost Relay => fixture.Relay;

    [Fact]
    public async Task EachMessageIsOneMessageOfTheChannel()
    {
        await using var publisher = await Publisher.OpenAsync(Relay.Address, "streamers/" + _channel);

        await publisher.SendAsync("text");
        await publisher.SendAsync(new byte[] { 0, 255 }, isText: false);
        await publisher.SendAsync("");
        await publisher.EndAsync();

        var page = await Relay.Channel(_channel).ReadHistoryAsync(1, 9);
        Assert.Equal([MessageKind.Text, MessageKind.Binary, MessageKind.Text], page.Messages.Select(message => message.Kind));
        Assert.Equal(["text", "00FF", ""], [Text(page.Messages[0]), Convert.ToHexString(page.Messages[1].Payload.Span), Text(page.Messages[2])]);
    }

    [Fact]
    public async Task ItsCloseEndsTheStreamOnceAllIsStored()
    {
        await using var viewer = await WebSocketViewer.OpenAsync(Relay.Address, "viewer/" + _channel, isV1: true);
        await using var publisher = await Publisher.OpenAsync(Relay.Address, "streamer/" + _channel);
        await publisher.SendAsync("last");

        await publisher.EndAsync();

        var ended = await viewer.NextNoticeAsync("ended");
        Assert.Equal((1, "ended"), (ended.GetProperty("offset").GetInt64(), ended.GetProperty("reason").GetString()));
        Assert.False((await Relay.Channel(_channel).GetStateAsync()).IsLive);
    }

    [Fact]
    public async Task ABrokenConnectionLeavesTheStreamOpenForOneLease()
    {
        await using var viewer = await WebSocketViewer.OpenAsync(Relay.Address, "viewer/" + _channel, isV1: true);
        await using var publisher = await Publisher.OpenAsync(Relay.Address, "streamer/" + _channel);
        await publisher.SendAsync("a");
        await viewer.NextMessageAsync();

        publisher.Break();

        Assert.Equal("lost", (await viewer.NextNoticeAsync("ended")).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task HelloSaysWhatIsStoredAndAcksSayWhatIsStoredNow()
    {
        await using var publisher = await Publisher.OpenAsync(Relay.Address, $"streamer/{_channel}?publisher=me", isV1: true);
        for (var number = 1; number <= 100; number++)
        {
            await publisher.SendAsync($"{number}");
        }

        await publisher.AcknowledgedAsync();

        Assert.Equal((_channel, "me", 0, 0), (publisher.Hello.GetProperty("channel").GetString(), publisher.Hello.GetProperty("publisher").GetString(),
            publisher.Hello.GetProperty("lastSequence").GetInt64(), publisher.Hello.GetProperty("head").GetInt64()));
        Assert.Equal(100, (await Relay.Channel(_channel).GetStateAsync()).Head);
        Assert.Equal(10 * 1024 * 1024, publisher.Hello.GetProperty("maxMessageBytes").GetInt32());
        await publisher.EndAsync();
    }

    [Fact]
    public async Task WhatIsResentAfterAReconnectIsStoredOnce()
    {
        await using var former = await Publisher.OpenAsync(Relay.Address, $"streamer/{_channel}?publisher=me", isV1: true);
        await former.SendAsync("1");
        await former.SendAsync("2");
        await former.AcknowledgedAsync();
        former.Break();

        await using var latter = await Publisher.OpenAsync(Relay.Address, $"streamer/{_channel}?publisher=me", isV1: true);
        Assert.Equal(2, latter.Hello.GetProperty("lastSequence").GetInt64());
        await latter.SendAsync("1"u8.ToArray(), isText: true, sequence: 1);
        await latter.SendAsync("2"u8.ToArray(), isText: true, sequence: 2);
        await latter.SendAsync("3"u8.ToArray(), isText: true, sequence: 3);
        await latter.AcknowledgedAsync(3);

        Assert.Equal(["1", "2", "3"], await HistoryAsync());
        await latter.EndAsync();
    }

    [Fact]
    public async Task ANewStartDropsWhatIsBuffered()
    {
        await using var former = await Publisher.OpenAsync(Relay.Address, "streamer/" + _channel);
        await former.SendAsync("old");
        await former.EndAsync();

        await using var latter = await Publisher.OpenAsync(Relay.Address, $"streamer/{_channel}?start=new");
        await latter.SendAsync("new");
        await latter.EndAsync();

        Assert.Equal(["new"], await HistoryAsync());
    }

    [Fact]
    public async Task APublisherThatWasTakenOverIsClosedAtItsNextMessage()
    {
        await using var former = await Publisher.OpenAsync(Relay.Address, "streamer/" + _channel);
        await using var latter = await Publisher.OpenAsync(Relay.Address, "streamer/" + _channel);

        await former.SendAsync("late");

        Assert.Equal((4001, "taken over"), await former.ClosedAsync());
        await latter.SendAsync("mine");
        await latter.EndAsync();
        Assert.Equal(["mine"], await HistoryAsync());
    }

    [Fact]
    public async Task ARefusingChannelAnswers409()
    {
        await using var publisher = await Publisher.OpenAsync(Relay.Address, "streamer/refusing/" + _channel);
        await using var second = await RawSocket.ConnectAsync(Relay.Address);

        await second.SendRequestAsync("streamer/refusing/" + _channel, RawSocket.Handshake);

        Assert.Equal(409, (await second.ReadResponseAsync()).Status);
        await publisher.EndAsync();
    }

    [Fact]
    public async Task ASequenceThatLeavesSomethingOutIsClosed()
    {
        await using var publisher = await Publisher.OpenAsync(Relay.Address, $"streamer/{_channel}?publisher=me", isV1: true);
        await publisher.SendAsync("1");
        await publisher.AcknowledgedAsync();

        await publisher.SendAsync("3"u8.ToArray(), isText: true, sequence: 3);

        Assert.Equal((4002, "sequence gap"), await publisher.ClosedAsync());
        Assert.Equal(["1"], await HistoryAsync());
    }

    [Theory]
    [InlineData("0101000000000000000168", false)]
    [InlineData("0203000000000000000168", false)]
    [InlineData("020100000000000001", false)]
    [InlineData("", false)]
    [InlineData("02010000000000000001ff", false)]
    [InlineData("6869", true)]
    public async Task AMalformedMessageOfV1IsClosed(string hex, bool isText)
    {
        await using var publisher = await Publisher.OpenAsync(Relay.Address, "streamer/" + _channel, isV1: true);

        await publisher.SendRawAsync(Convert.FromHexString(hex), isText);

        Assert.Equal((4000, "bad frame"), await publisher.ClosedAsync());
        Assert.Empty(await HistoryAsync());
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    public async Task TheLargestMessageIsTakenAndOneByteMoreIsNot(bool isV1, int fragments)
    {
        var channel = "small/" + _channel;
        await using var publisher = await Publisher.OpenAsync(Relay.Address, "streamer/" + channel, isV1);
        await publisher.SendAsync(new byte[IngestFixture.SmallMessage], isText: false);

        var tooBig = isV1 ? RelayV1.WritePublisherMessage(isText: false, 2, new byte[IngestFixture.SmallMessage + 1]) : new byte[IngestFixture.SmallMessage + 1];
        foreach (var part in tooBig.Chunk((tooBig.Length + fragments - 1) / fragments).Select((bytes, index) => (bytes, index)))
        {
            await publisher.SendRawAsync(part.bytes, isText: false, isLast: part.index == fragments - 1);
        }

        Assert.Equal((1009, "message too big"), await publisher.ClosedAsync());
        Assert.Equal(1, (await Relay.Channel(channel).GetStateAsync()).Head);
    }

    [Fact]
    public async Task AMessageWithoutEndIsClosedAtTheLimit()
    {
        await using var socket = await RawSocket.UpgradeAsync(Relay.Address, "streamer/small/" + _channel);

        await socket.SendFrameAsync(2, new byte[IngestFixture.SmallMessage], isFinal: false);
        await socket.SendFrameAsync(0, [1], isFinal: false);

        Assert.Equal(1009, (await socket.ReadCloseAsync()).Code);
    }

    [Fact]
    public async Task AMessageFarTooBigIsToldSoAndNotJustCutOff()
    {
        await using var socket = await RawSocket.UpgradeAsync(Relay.Address, "streamer/small/" + _channel);

        // Far more than all buffers on the way hold: the relay must go on reading, or the reset would overtake the code.
        await socket.SendFrameAsync(2, new byte[16 << 20]);

        Assert.Equal(1009, (await socket.ReadCloseAsync()).Code);
    }

    [Theory]
    [InlineData("publisher=")]
    [InlineData("publisher=a%20b")]
    [InlineData("publisher=12345678901234567890123456789012345678901234567890123456789012345")]
    [InlineData("start=old")]
    public async Task AWrongQueryIsRefused(string query)
    {
        await using var socket = await RawSocket.ConnectAsync(Relay.Address);

        await socket.SendRequestAsync($"streamer/{_channel}?{query}", RawSocket.Handshake);

        Assert.Equal(400, (await socket.ReadResponseAsync()).Status);
    }

    [Fact]
    public async Task APublisherThatSaysNothingIsClosed()
    {
        await using var relay = await RelayHost.StartAsync("Ingest:FirstMessageWithin=00:00:01");
        await using var publisher = await Publisher.OpenAsync(relay.Address, "streamer/chess");

        Assert.Equal((4101, "first message late"), await publisher.ClosedAsync());
    }

    public static TheoryData<string, byte[]> Unfinished => new()
    {
        { "a fragment", RawSocket.ToFrame(1, "unfin"u8, isFinal: false) },
        { "a byte", [0x81] },
        { "half a frame", RawSocket.ToFrame(1, "unfinished"u8)[..10] },
        { "half a frame of a large buffer", RawSocket.ToFrame(2, new byte[60_000])[..30_000] },
        { "half a large frame", RawSocket.ToFrame(2, new byte[200_000])[..100_000] },
        { "half of a frame larger than is believed", RawSocket.ToFrame(2, new byte[500_000])[..100_000] },
    };

    [Theory]
    [MemberData(nameof(Unfinished))]
    public async Task AMessageThatIsNeverFinishedIsClosed(string name, byte[] sent)
    {
        await using var relay = await RelayHost.StartAsync("Ingest:MessageWithin=00:00:01");
        await using var socket = await RawSocket.UpgradeAsync(relay.Address, "streamer/chess");

        await socket.SendAsync(sent);

        Assert.Equal((name, (4103, "message unfinished")), (name, await socket.ReadCloseAsync()));
    }

    [Fact]
    public async Task OneHundredPublishersShareAChannel()
    {
        var channel = "shared/" + _channel;
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async number =>
        {
            await using var publisher = await Publisher.OpenAsync(Relay.Address, "streamer/" + channel);
            for (var count = 0; count < 10; count++)
            {
                await publisher.SendAsync($"{number} {count}");
            }

            await publisher.EndAsync();
        })).WithinTest("all publishers");

        var page = await Relay.Channel(channel).ReadHistoryAsync(1, 2000);
        Assert.Equal(1000, page.Messages.Length);
        foreach (var texts in page.Messages.Select(message => Text(message).Split(' ')).GroupBy(parts => parts[0]))
        {
            Assert.Equal(Enumerable.Range(0, 10).Select(count => $"{count}"), texts.Select(parts => parts[1]));
        }
    }

    private static string Text(Message message) => Encoding.UTF8.GetString(message.Payload.Span);

    private async Task<string[]> HistoryAsync() => [.. (await Relay.Channel(_channel).ReadHistoryAsync(1, 1000)).Messages.Select(Text)];
}
