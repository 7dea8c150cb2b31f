using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Tests.Hosting;

/// <summary>Malformed requests get a clear answer, whatever they ask for.</summary>
public sealed class HandshakeTests(RelayFixture fixture) : IClassFixture<RelayFixture>
{
    public static TheoryData<string, string, string, int> Malformed()
    {
        var data = new TheoryData<string, string, string, int>();
        foreach (var path in (string[])["viewer/", "streamer/", "ws/"])
        {
            data.Add(path, "Sec-WebSocket-Key", "", 400);
            data.Add(path, "Sec-WebSocket-Key", "short", 400);
            data.Add(path, "Sec-WebSocket-Key", "not base64 but long enough!", 400);
            data.Add(path, "Sec-WebSocket-Version", "", 426);
            data.Add(path, "Sec-WebSocket-Version", "8", 426);
            data.Add(path, "Upgrade", "h2c", 400);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task AMalformedHandshakeIsToldWhatIsWrong(string path, string header, string value, int status)
    {
        await using var socket = await RawSocket.ConnectAsync(fixture.Relay.Address);
        var headers = RawSocket.Handshake.Where(one => one.Key != header || value.Length > 0).ToDictionary(one => one.Key, one => one.Key == header ? value : one.Value);

        await socket.SendRequestAsync(path + RelayHost.NewChannel(), headers);

        var answer = await socket.ReadResponseAsync();
        Assert.Equal(status, answer.Status);
        Assert.Contains("Content-Type: application/problem+json", answer.Head, StringComparison.Ordinal);
        Assert.Contains(header, answer.Body, StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Version: 13", answer.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUpgradeToSomethingElseIsIgnored()
    {
        await using var socket = await RawSocket.ConnectAsync(fixture.Relay.Address);

        // As curl --http2 asks for an SSE stream.
        await socket.SendRequestAsync("viewer/" + RelayHost.NewChannel(), new Dictionary<string, string>
        {
            ["Host"] = "relay",
            ["Connection"] = "Upgrade, HTTP2-Settings",
            ["Upgrade"] = "h2c",
            ["Accept"] = "text/event-stream",
        });

        Assert.Equal(200, await socket.ReadStatusAsync());
    }

    [Fact]
    public async Task AHandshakeByPostIsRefused()
    {
        await using var socket = await RawSocket.ConnectAsync(fixture.Relay.Address);

        await socket.SendRequestAsync("viewer/" + RelayHost.NewChannel(), RawSocket.Handshake, method: "POST");

        Assert.Equal(405, (await socket.ReadResponseAsync()).Status);
    }

    [Theory]
    [InlineData("viewer/")]
    [InlineData("streamer/")]
    [InlineData("ws/")]
    public async Task AHandshakeInHttp10IsRefused(string path)
    {
        await using var socket = await RawSocket.ConnectAsync(fixture.Relay.Address);

        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /{path}{RelayHost.NewChannel()} HTTP/1.0\r\n{string.Concat(RawSocket.Handshake.Select(header => $"{header.Key}: {header.Value}\r\n"))}\r\n"));

        Assert.Equal(400, await socket.ReadStatusAsync());
    }

    [Theory]
    [InlineData("8", 426)]
    [InlineData("", 426)]
    [InlineData("13", null)]
    public void AnExtendedConnectIsToldTheVersion(string version, int? status)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "CONNECT";
        context.Request.Protocol = "HTTP/2";
        context.Request.Headers.SecWebSocketVersion = version;
        context.Features.Set<IHttpExtendedConnectFeature>(new WebSocketConnect());
        context.Features.Set<IHttpWebSocketFeature>(new WebSocketFeature(IsWebSocketRequest: version == "13"));

        Assert.Equal(status, Handshake.FaultOf(context)?.Status);
    }

    [Fact]
    public async Task AnUnknownSubprotocolIsNotSelected()
    {
        await using var socket = await RawSocket.ConnectAsync(fixture.Relay.Address);

        await socket.SendRequestAsync("viewer/" + RelayHost.NewChannel(), new Dictionary<string, string>(RawSocket.Handshake) { ["Sec-WebSocket-Protocol"] = "soap, relay.v2" });

        var answer = await socket.ReadResponseAsync();
        Assert.Equal(101, answer.Status);
        Assert.DoesNotContain("Sec-WebSocket-Protocol", answer.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OursIsSelectedFromAmongOthers()
    {
        await using var socket = await RawSocket.ConnectAsync(fixture.Relay.Address);

        await socket.SendRequestAsync("viewer/" + RelayHost.NewChannel(), new Dictionary<string, string>(RawSocket.Handshake) { ["Sec-WebSocket-Protocol"] = "soap, relay.v1" });

        Assert.Contains("Sec-WebSocket-Protocol: relay.v1\r\n", (await socket.ReadResponseAsync()).Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\u0016\u0003\u0001 this is TLS\r\n\r\n", 400)]
    [InlineData("GET\r\n\r\n", 400)]
    [InlineData("GET /viewer/x\r\n\r\n", 505)]
    [InlineData("GET viewer HTTP/1.1\r\nHost: relay\r\n\r\n", 405)]
    [InlineData("GET /viewer/x HTTP/1.1\r\nHost relay\r\n\r\n", 400)]
    [InlineData("GET /viewer/x HTTP/1.1\r\n\r\n", 400)]
    public async Task GarbageIsRefusedAndTheConnectionEnds(string request, int status)
    {
        await using var socket = await RawSocket.ConnectAsync(fixture.Relay.Address);

        await socket.SendAsync(Encoding.Latin1.GetBytes(request));

        Assert.Equal(status, (await socket.ReadResponseAsync()).Status);
        Assert.True(await socket.IsEndedAsync());
    }

    [Theory]
    [InlineData(1, 40_000, 431)]
    [InlineData(200, 10, 431)]
    public async Task HeadersWithoutEndAreRefused(int count, int length, int status)
    {
        await using var socket = await RawSocket.ConnectAsync(fixture.Relay.Address);

        await socket.SendRequestAsync("viewer/x", Enumerable.Range(0, count).ToDictionary(number => $"X-{number}", _ => new string('x', length)));

        Assert.Equal(status, (await socket.ReadResponseAsync()).Status);
    }

    [Fact]
    public async Task AnAddressWithoutEndIsRefused()
    {
        await using var socket = await RawSocket.ConnectAsync(fixture.Relay.Address);

        await socket.SendRequestAsync("viewer/" + new string('x', 20_000), RawSocket.Handshake);

        Assert.Equal(414, (await socket.ReadResponseAsync()).Status);
    }

    [Fact]
    public async Task AClientThatSaysNothingIsCutOff()
    {
        await using var relay = await RelayHost.StartAsync("Gateway:HandshakeWithin=00:00:01");
        await using var socket = await RawSocket.ConnectAsync(relay.Address);

        Assert.True(await socket.IsEndedAsync());
    }

    [Fact]
    public async Task SoManyMaySayNothingAndNoMore()
    {
        await using var relay = await RelayHost.StartAsync("Gateway:HandshakeWithin=00:05:00", "Gateway:MaxConnectionsPerAddress=2");
        await using var first = await RawSocket.ConnectAsync(relay.Address);
        await using var second = await RawSocket.ConnectAsync(relay.Address);
        await using var third = await RawSocket.ConnectAsync(relay.Address);

        Assert.True(await third.IsEndedAsync());
        await second.SendAsync("GET /health HTTP/1.1\r\nHost: relay\r\n\r\n"u8.ToArray());
        Assert.Equal(200, (await second.ReadResponseAsync()).Status);
        await using var fourth = await RawSocket.ConnectAsync(relay.Address);
        await fourth.SendAsync("GET /health HTTP/1.1\r\nHost: relay\r\n\r\n"u8.ToArray());
        Assert.Equal(200, (await fourth.ReadResponseAsync()).Status);
    }

    [Fact]
    public async Task ARequestThatIsNeverFinishedIsCutOff()
    {
        await using var relay = await RelayHost.StartAsync("Gateway:HandshakeWithin=00:00:01");
        await using var socket = await RawSocket.ConnectAsync(relay.Address);

        await socket.SendAsync("GET /viewer/x HTTP/1.1\r\nHost: relay\r\n"u8.ToArray());

        Assert.Equal(408, (await socket.ReadResponseAsync()).Status);
        Assert.True(await socket.IsEndedAsync());
    }

    private sealed class WebSocketConnect : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => true;

        public string Protocol => "websocket";

        public ValueTask<Stream> AcceptAsync() => throw new NotSupportedException();
    }

    private sealed record WebSocketFeature(bool IsWebSocketRequest) : IHttpWebSocketFeature
    {
        public Task<WebSocket> AcceptAsync(WebSocketAcceptContext context) => throw new NotSupportedException();
    }
}
