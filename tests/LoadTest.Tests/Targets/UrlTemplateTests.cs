using OrleansRelay.LoadTest.Targets;

namespace OrleansRelay.LoadTest.Tests.Targets;

public sealed class UrlTemplateTests
{
    [Theory]
    [InlineData("{url}/viewer/{channel}", "ws://127.0.0.1:8080/viewer/news", false)]
    [InlineData("ws://127.0.0.1:9000/ws/v{n}", "ws://127.0.0.1:9000/ws/v12", true)]
    [InlineData("{url}/sub/{channel}?id={n}", "ws://127.0.0.1:8080/sub/news?id=12", true)]
    public void PlacesAreFilled(string text, string filled, bool numbersConnections)
    {
        Assert.True(UrlTemplate.TryParse(text, out var template, out _));
        Assert.Equal(filled, template!.Fill("ws://127.0.0.1:8080/", "news", 12));
        Assert.Equal(numbersConnections, template.NumbersConnections);
    }

    [Theory]
    [InlineData("{url}/viewer/{chanel}", "has a place other than {url}, {channel} and {n}")]
    [InlineData("{url}/viewer/{channel", "has a place other than {url}, {channel} and {n}")]
    [InlineData("/viewer/{channel}", "must become an address like ws://")]
    [InlineData("http://127.0.0.1/{channel}", "must become an address like ws://")]
    [InlineData("wss://127.0.0.1/{channel}", "TLS (wss) is not spoken here")]
    public void WhatIsNoAddressIsRefused(string text, string because)
    {
        Assert.False(UrlTemplate.TryParse(text, out _, out var error));
        Assert.Contains(because, error, StringComparison.Ordinal);
    }

    [Fact]
    public void GatewaysAreUsedInTurn()
    {
        var template = UrlTemplate.Parse("{url}/v/{channel}");
        var addresses = new TargetAddresses(["ws://127.0.0.1:1", "ws://127.0.0.1:2"], allowsRemote: false);

        var ports = Enumerable.Range(0, 4).Select(number => addresses.Next(template, "x", number, null).Url.Port);

        Assert.Equal([1, 2, 1, 2], ports);
    }

    [Fact]
    public void AnotherMachineIsRefusedUnlessItIsAllowed()
    {
        var template = UrlTemplate.Parse("{url}/v/{channel}");
        string[] elsewhere = ["ws://192.0.2.1:80"];

        var refusal = Assert.Throws<RefusedTargetException>(() => new TargetAddresses(elsewhere, allowsRemote: false).Next(template, "x", 1, null));
        Assert.Contains("--allow-remote", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("192.0.2.1", new TargetAddresses(elsewhere, allowsRemote: true).Next(template, "x", 1, null).Url.Host);
    }
}
