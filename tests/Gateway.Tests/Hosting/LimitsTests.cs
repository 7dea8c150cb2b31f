using System.Net;

namespace OrleansRelay.Gateway.Tests.Hosting;

public sealed class LimitsTests
{
    [Theory]
    [InlineData("Gateway:MaxConnections=2", "This gateway has its 2 connections.")]
    [InlineData("Gateway:MaxConnectionsPerAddress=2", "Your address has its 2 connections.")]
    public async Task OneConnectionTooManyIsRefusedUntilAnotherHasLeft(string setting, string error)
    {
        await using var relay = await RelayHost.StartAsync(setting);
        await using var first = await RawSocket.UpgradeAsync(relay.Address, "viewer/chess");
        await using var second = await RawSocket.UpgradeAsync(relay.Address, "streamer/chess");

        await using var third = await RawSocket.ConnectAsync(relay.Address);
        await third.SendRequestAsync("viewer/chess", RawSocket.Handshake);
        var refused = await third.ReadResponseAsync();
        Assert.Equal(429, refused.Status);
        Assert.Contains("Retry-After: 1\r\n", refused.Head, StringComparison.Ordinal);
        Assert.Contains(error, refused.Body, StringComparison.Ordinal);

        await first.SendFrameAsync(8, RawSocket.CloseWith(1000));
        await first.ReadCloseAsync();
        Assert.True(await first.IsEndedAsync());
        await using var fourth = await RawSocket.UpgradeAsync(relay.Address, "viewer/chess");
    }

    [Theory]
    [InlineData("viewer")]
    [InlineData("streamer")]
    public async Task WhoeverSeesItsConnectionEndFindsThePlaceFree(string role)
    {
        await using var relay = await RelayHost.StartAsync("Gateway:MaxConnections=1");
        for (var round = 0; round < 100; round++)
        {
            await using var only = await RawSocket.UpgradeAsync(relay.Address, role + "/chess");
            await only.SendFrameAsync(8, RawSocket.CloseWith(1000));
            Assert.Equal(1000, (await only.ReadCloseAsync()).Code);
            Assert.True(await only.IsEndedAsync());
        }
    }

    /// <summary>An EventSource that gets a 429 never comes back.</summary>
    [Fact]
    public async Task AnEventSourceTooManyIsToldToComeAgain()
    {
        await using var relay = await RelayHost.StartAsync("Gateway:MaxConnections=1");
        await using var only = await RawSocket.UpgradeAsync(relay.Address, "viewer/chess");

        await using var refused = await SseViewer.OpenAsync(relay.Address, "viewer/chess");

        Assert.Equal((4104, "too many connections"), await refused.ClosedAsync());
    }

    /// <summary>The relay knows the proxies by their network. The last address in the list that is not one of them is the caller's, and the limit counts that.</summary>
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1, 10.0.0.1", "192.0.2.2, 10.0.0.1", false)]
    [InlineData("192.0.2.1, 10.0.0.1, 10.0.0.2, 10.0.0.3", "192.0.2.1, 10.0.0.4", true)]
    [InlineData("203.0.113.9, 192.0.2.1, 10.0.0.1", "192.0.2.1", true)]
    [InlineData("10.0.0.1, 192.0.2.1", "10.0.0.1, 192.0.2.2", false)]
    public async Task BehindSeveralProxiesTheCallerIsWhomTheFirstKnownOneSaw(string firstFrom, string secondFrom, bool areOne)
    {
        await using var relay = await RelayHost.StartAsync("Gateway:MaxConnectionsPerAddress=1", "Gateway:KnownProxies:0=127.0.0.1", "Gateway:KnownProxies:1=10.0.0.0/8");
        await using var first = await RawSocket.ConnectAsync(relay.Address);
        await using var second = await RawSocket.ConnectAsync(relay.Address);

        await first.SendRequestAsync("viewer/chess", new Dictionary<string, string>(RawSocket.Handshake) { ["X-Forwarded-For"] = firstFrom });
        Assert.Equal(101, await first.ReadStatusAsync());
        await second.SendRequestAsync("viewer/chess", new Dictionary<string, string>(RawSocket.Handshake) { ["X-Forwarded-For"] = secondFrom });

        Assert.Equal(areOne ? 429 : 101, await second.ReadStatusAsync());
    }

    [Fact]
    public async Task TheHealthIsToldEvenThen()
    {
        await using var relay = await RelayHost.StartAsync("Gateway:MaxConnections=1");
        await using var viewer = await RawSocket.UpgradeAsync(relay.Address, "viewer/chess");

        using var response = await relay.Http.GetAsync(relay.At("health")).WithinTest("the health");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
