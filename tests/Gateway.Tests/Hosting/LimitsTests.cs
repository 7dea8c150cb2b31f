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

    [Fact]
    public async Task TheHealthIsToldEvenThen()
    {
        await using var relay = await RelayHost.StartAsync("Gateway:MaxConnections=1");
        await using var viewer = await RawSocket.UpgradeAsync(relay.Address, "viewer/chess");

        using var response = await relay.Http.GetAsync(relay.At("health")).WithinTest("the health");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
