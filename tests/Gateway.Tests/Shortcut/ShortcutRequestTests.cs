using System.Buffers;
using System.Text;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Shortcut;

namespace OrleansRelay.Gateway.Tests.Shortcut;

/// <summary>What takes the shortcut, and what goes the ordinary way to be served or refused there.</summary>
public sealed class ShortcutRequestTests
{
    private const string Good = "Host: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    [Fact]
    public void TheSampleOfTheRfcIsAnsweredAsThere()
    {
        Assert.True(TryRead($"GET /viewer/kitchen HTTP/1.1\r\n{Good}\r\n", out var request));

        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Encoding.ASCII.GetString(request!.Accept.Span));
        Assert.Equal((ConnectionRole.Viewer, ChannelName.Parse("kitchen"), false), (request.Role, request.Channel, request.AsksForV1));
    }

    [Theory]
    [InlineData("/viewer/kitchen", Good)]
    [InlineData("/viewers/chess/3", Good)]
    [InlineData("/viewer/kitchen?tail=5", Good)]
    [InlineData("/viewer/kitchen?since=7:42", Good)]
    [InlineData("/viewer/kitchen", "host: h\r\nconnection: keep-alive, upgrade\r\nupgrade: WebSocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n")]
    [InlineData("/viewer/kitchen", Good + "Origin: http://elsewhere\r\nUser-Agent: some browser\r\nCookie: a=b\r\n")]
    [InlineData("/viewer/kitchen", Good + "Sec-WebSocket-Extensions: permessage-deflate\r\n")]
    [InlineData("/viewer/kitchen", Good + "X-Forwarded-For: 192.0.2.1\r\n")]
    public void AViewersHandshakeTakesIt(string target, string headers) =>
        Assert.True(TryRead($"GET {target} HTTP/1.1\r\n{headers}\r\n", out _));

    [Theory]
    [InlineData("/streamer/kitchen", "")]
    [InlineData("/streamers/chess/3?publisher=alice&start=new", "alice")]
    public void SoDoesAPublishers(string target, string publisher)
    {
        Assert.True(TryRead($"GET {target} HTTP/1.1\r\n{Good}\r\n", out var request));

        Assert.Equal((ConnectionRole.Publisher, publisher), (request!.Role, request.Query["publisher"].ToString()));
    }

    [Theory]
    [InlineData(Good + "Sec-WebSocket-Protocol: relay.v1\r\n", true)]
    [InlineData(Good + "Sec-WebSocket-Protocol: chat , relay.v1\r\n", true)]
    [InlineData(Good + "Sec-WebSocket-Protocol: Relay.V1\r\n", false)]
    [InlineData(Good + "Sec-WebSocket-Protocol: chat\r\n", false)]
    public void OurSubprotocolIsFoundAmongOthers(string headers, bool asksForV1)
    {
        Assert.True(TryRead($"GET /viewer/kitchen HTTP/1.1\r\n{headers}\r\n", out var request));

        Assert.Equal(asksForV1, request!.AsksForV1);
    }

    [Theory]
    [InlineData("POST /viewer/kitchen HTTP/1.1", Good)]
    [InlineData("GET /viewer/kitchen HTTP/1.0", Good)]
    [InlineData("GET /viewerkitchen HTTP/1.1", Good)]
    [InlineData("GET /viewer/ HTTP/1.1", Good)]
    [InlineData("GET /viewer/k%69tchen HTTP/1.1", Good)]
    [InlineData("GET /viewer/kit!chen HTTP/1.1", Good)]
    [InlineData("GET /ws/alice HTTP/1.1", Good)]
    [InlineData("GET http://h/viewer/kitchen HTTP/1.1", Good)]
    [InlineData("GET /viewer/kitchen HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")]
    [InlineData("GET /viewer/kitchen HTTP/1.1", "Host: h\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")]
    [InlineData("GET /viewer/kitchen HTTP/1.1", "Host: h\r\nConnection: close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")]
    [InlineData("GET /viewer/kitchen HTTP/1.1", "Host: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")]
    [InlineData("GET /viewer/kitchen HTTP/1.1", "Host: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")]
    [InlineData("GET /viewer/kitchen HTTP/1.1", "Host: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2hvcnQ=\r\n")]
    [InlineData("GET /viewer/kitchen HTTP/1.1", "Host: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!!!\r\n")]
    [InlineData("GET /viewer/kitchen HTTP/1.1", Good + "Host: other\r\n")]
    [InlineData("GET /viewer/kitchen HTTP/1.1", Good + "Upgrade: websocket\r\n")]
    [InlineData("GET /viewer/kitchen HTTP/1.1", Good + "Content-Length: 5\r\n")]
    [InlineData("GET /viewer/kitchen HTTP/1.1", Good + "Transfer-Encoding: chunked\r\n")]
    [InlineData("GET /viewer/kitchen HTTP/1.1", "Accept: text/event-stream\r\nHost: h\r\n")]
    [InlineData("GET /viewer/kitchen HTTP/1.1", Good + "no colon\r\n")]
    [InlineData("GET /viewer/kitchen\r\n", "")]
    [InlineData("GET /viewer/kitchen\u00e9 HTTP/1.1", Good)]
    [InlineData("GET /viewer/kitchen\u0080tail=5 HTTP/1.1", Good)]
    [InlineData("GET /viewer/kitchen?a=\u00e9 HTTP/1.1", Good)]
    [InlineData("GET /viewer/kitchen?a=\u007f HTTP/1.1", Good)]
    [InlineData("GET /viewer/kitchen HTTP/1.1", Good + "Cookie: caf\u00e9\r\n")]
    [InlineData("GET /viewer/kitchen HTTP/1.1", Good + "Cookie: a\u0000b\r\n")]
    [InlineData("GET /viewer/kitchen HTTP/1.1", Good + "Coo(kie: a\r\n")]
    [InlineData("PRI * HTTP/2.0", "\r\nSM\r\n")]
    [InlineData("\u0016\u0003\u0001", "")]
    public void EverythingElseDoesNot(string line, string headers) =>
        Assert.False(TryRead($"{line}\r\n{headers}\r\n", out _));

    [Theory]
    [InlineData("h", true)]
    [InlineData("relay.example.com:8080", true)]
    [InlineData("127.0.0.1:80", true)]
    [InlineData("", false)]
    [InlineData("a b<>", false)]
    [InlineData("u@x", false)]
    [InlineData("a:b", false)]
    [InlineData("a:", false)]
    [InlineData("a:123456", false)]
    [InlineData(":80", false)]
    [InlineData("[::1]", false)]
    [InlineData("h\u00f6st", false)]
    public void OnlyAPlainHostTakesIt(string host, bool takesIt) =>
        Assert.Equal(takesIt, TryRead($"GET /viewer/kitchen HTTP/1.1\r\n{Good.Replace("Host: h", $"Host: {host}", StringComparison.Ordinal)}\r\n", out _));

    [Fact]
    public void MoreHeadersThanTheServerTakesGoTheOrdinaryWay()
    {
        var five = $"GET /viewer/kitchen HTTP/1.1\r\n{Good}";

        Assert.True(TryRead(five + string.Concat(Enumerable.Repeat("a:b\r\n", 95)) + "\r\n", out _));
        Assert.False(TryRead(five + string.Concat(Enumerable.Repeat("a:b\r\n", 96)) + "\r\n", out _));
    }

    [Theory]
    [InlineData(true, false, "X-Forwarded-For: 192.0.2.1")]
    [InlineData(false, true, "Sec-WebSocket-Extensions: permessage-deflate")]
    public void WhatTheSettingsGiveAMeaningDoesNotEither(bool knowsProxies, bool deflates, string header)
    {
        var bytes = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes($"GET /viewer/kitchen HTTP/1.1\r\n{Good}{header}\r\n\r\n"));

        Assert.False(ShortcutRequest.TryRead(bytes, knowsProxies, deflates, out _, out _));
    }

    [Fact]
    public void NeitherDoesAnyBeginningOfAHandshake()
    {
        var whole = $"GET /viewer/kitchen HTTP/1.1\r\n{Good}\r\n";
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Equal((length, false), (length, TryRead(whole[..length], out _)));
        }
    }

    [Fact]
    public void WhatFollowsTheHandshakeIsNotTaken()
    {
        var bytes = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes($"GET /viewer/kitchen HTTP/1.1\r\n{Good}\r\nframes"));

        Assert.True(ShortcutRequest.TryRead(bytes, knowsProxies: false, deflates: false, out _, out var end));

        Assert.Equal("frames", Encoding.Latin1.GetString(bytes.Slice(end)));
    }

    private static bool TryRead(string text, out ShortcutRequest? request) =>
        ShortcutRequest.TryRead(new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(text)), knowsProxies: false, deflates: false, out request, out _);
}
