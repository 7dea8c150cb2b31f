using System.Net.WebSockets;
using System.Text;

namespace OrleansRelay.Gateway.Tests.Deflate;

/// <summary>What clients send compressed: taken as it was meant, and bombs refused with nobody else noticing.</summary>
public sealed class InflateTests(DeflateFixture fixture) : IClassFixture<DeflateFixture>
{
    private const string Offer = "permessage-deflate";
    private const int Text = 1, Binary = 2, Continuation = 0, Ping = 9, Pong = 10;

    private readonly string _channel = RelayHost.NewChannel();

    private RelayHost Relay => fixture.Relay;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatAPublisherCompressesIsStoredAsItWas(bool isV1)
    {
        string[] messages = [new('a', 5000), "", "short", string.Concat(Enumerable.Range(0, 20_000)), "last"];
        await using var publisher = await Publisher.OpenAsync(Relay.Address, "streamer/" + _channel, isV1, new WebSocketDeflateOptions());
        foreach (var message in messages)
        {
            await publisher.SendAsync(message);
        }

        await publisher.EndAsync();

        Assert.Equal(messages, await HistoryAsync(_channel));
    }

    [Fact]
    public async Task FragmentsMayBeCutAnywhereWithControlFramesBetween()
    {
        var message = string.Concat(Enumerable.Range(0, 500));
        var deflated = Deflated(Encoding.ASCII.GetBytes(message));
        await using var publisher = await RawSocket.UpgradeAsync(Relay.Address, "streamer/" + _channel, extensions: Offer);

        await publisher.SendFrameAsync(Text, deflated.AsSpan(0, 1), isFinal: false, reservedBits: 4);
        await publisher.SendFrameAsync(Ping, "a"u8);
        await publisher.SendFrameAsync(Continuation, [], isFinal: false);
        await publisher.SendFrameAsync(Continuation, deflated.AsSpan(1), isFinal: false);
        await publisher.SendFrameAsync(Ping, "b"u8);
        await publisher.SendFrameAsync(Continuation, []);
        await publisher.SendFrameAsync(Text, "plain"u8);
        await publisher.SendFrameAsync(Text, deflated, reservedBits: 4);
        Assert.Equal((Pong, "a"), await NextAsync(publisher));
        Assert.Equal((Pong, "b"), await NextAsync(publisher));
        await publisher.SendFrameAsync(8, RawSocket.CloseWith(1000));

        Assert.Equal(1000, (await publisher.ReadCloseAsync()).Code);
        Assert.Equal([message, "plain", message], await HistoryAsync(_channel));
    }

    [Theory]
    [InlineData("RSV1 on a continuation", 1002)]
    [InlineData("RSV2", 1002)]
    [InlineData("not UTF-8 once inflated", 1007)]
    [InlineData("no DEFLATE", 1006)]
    public async Task WhatIsMalformedEndsTheConnection(string what, int code)
    {
        foreach (var path in (string[])["streamer/", "viewer/"])
        {
            await using var socket = await RawSocket.UpgradeAsync(Relay.Address, path + _channel, extensions: Offer);

            await socket.SendAsync(what switch
            {
                "RSV1 on a continuation" => [.. RawSocket.ToFrame(Text, "a"u8, isFinal: false), .. RawSocket.ToFrame(Continuation, "b"u8, reservedBits: 4)],
                "RSV2" => RawSocket.ToFrame(Text, "a"u8, reservedBits: 2),
                "not UTF-8 once inflated" => RawSocket.ToFrame(Text, Deflated(Enumerable.Repeat((byte)0xff, 300).ToArray()), reservedBits: 4),
                _ => RawSocket.ToFrame(Binary, [0xff, 0xff, 0xff, 0xff], reservedBits: 4),
            });

            Assert.Equal(code, (await socket.ReadCloseAsync()).Code);
        }

        Assert.Empty(await HistoryAsync(_channel));
    }

    [Theory]
    [InlineData("streamer/small/", 2 << 20, 1)]
    [InlineData("streamer/", 8 << 20, 1)]
    [InlineData("streamer/", 60 << 10, 1000)]
    [InlineData("viewer/", 64 << 20, 1)]
    [InlineData("viewer/", 60 << 10, 1000)]
    [InlineData("ws/", 8 << 20, 1)]
    public async Task ABombIsRefusedAndNobodyElseNotices(string path, int bytes, int times)
    {
        var target = path + _channel;
        var watched = target.Contains("small", StringComparison.Ordinal) ? "small/" + _channel : _channel;
        await using var viewer = await WebSocketViewer.OpenAsync(Relay.Address, "viewer/" + watched, deflate: new WebSocketDeflateOptions());
        await using var bomber = await RawSocket.UpgradeAsync(Relay.Address, target, extensions: Offer);
        var bomb = RawSocket.ToFrame(Binary, Deflated(new byte[bytes]), reservedBits: 4);

        await bomber.SendAsync(Enumerable.Repeat(bomb, times).SelectMany(one => one).ToArray());

        Assert.Equal((1009, "message too big"), await bomber.ReadCloseAsync());
        await Relay.PostAsync("streamer/" + watched, "still here"u8.ToArray());
        ViewerEvent message;
        do
        {
            message = await viewer.NextMessageAsync();
        }
        while (message.Payload.Length == bytes);
        Assert.Equal("still here", message.Text);
    }

    [Fact]
    public async Task AMessageThatInflatesBeyondTheChannelsLimitIsTooBigThoughItsRatioIsSmall()
    {
        var noise = new byte[DeflateFixture.SmallMessage + 1];
        new Random(1).NextBytes(noise);
        await using var publisher = await Publisher.OpenAsync(Relay.Address, "streamer/small/" + _channel, deflate: new WebSocketDeflateOptions());

        await publisher.SendAsync(noise, isText: false);

        Assert.Equal((1009, "message too big"), await publisher.ClosedAsync());
    }

    [Fact]
    public async Task WhatInflatesFarIsTakenWhereTheSettingAllowsIt()
    {
        await using var relay = await RelayHost.StartAsync("Deflate:IsEnabled=true", "Deflate:MaxInflateRatio=1032");
        await using var publisher = await RawSocket.UpgradeAsync(relay.Address, "streamer/" + _channel, extensions: Offer);

        await publisher.SendFrameAsync(Binary, Deflated(new byte[4 << 20]), reservedBits: 4);
        await publisher.SendFrameAsync(8, RawSocket.CloseWith(1000));

        Assert.Equal(1000, (await publisher.ReadCloseAsync()).Code);
        Assert.Equal(4 << 20, (await relay.Channel(_channel).ReadHistoryAsync(1, 9)).Messages.Single().Payload.Length);
    }

    private static async Task<(int Opcode, string Text)> NextAsync(RawSocket socket)
    {
        var frame = (await socket.ReadFrameAsync())!.Value;
        return (frame.Opcode, Encoding.ASCII.GetString(frame.Payload));
    }

    private async Task<string[]> HistoryAsync(string channel) =>
        [.. (await Relay.Channel(channel).ReadHistoryAsync(1, 1000).WithinTest("the history")).Messages.Select(message => Encoding.UTF8.GetString(message.Payload.Span))];

    /// <summary>A message's payload as a client compresses it: raw DEFLATE, flushed, without the last four bytes (RFC 7692, section 7.2.1).</summary>
    private static byte[] Deflated(byte[] message)
    {
        var deflated = new MemoryStream();
        using var deflate = new System.IO.Compression.DeflateStream(deflated, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true);
        deflate.Write(message);
        deflate.Flush();
        return deflated.ToArray()[..^4];
    }
}
