using System.Net;
using OrleansRelay.Gateway.Ingest.DialBack;

namespace OrleansRelay.Gateway.Tests.Ingest.DialBack;

public sealed class CallerAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.16.0.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("100.128.0.1", false)]
    [InlineData("169.254.169.254", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("::ffff:8.8.8.8", false)]
    [InlineData("::1", true)]
    [InlineData("::", true)]
    [InlineData("fd00::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("2001:4860::1", false)]
    public void PrivateRangesArePrivate(string text, bool isPrivate)
    {
        var address = IPAddress.Parse(text);

        Assert.Equal(
            (isPrivate, !isPrivate, true),
            (CallerAddress.IsAllowed(address, DialBackAddresses.Private), CallerAddress.IsAllowed(address, DialBackAddresses.Public), CallerAddress.IsAllowed(address, DialBackAddresses.Any)));
    }

    [Theory]
    [InlineData("10.0.0.1", "ws://10.0.0.1:8889/game/1/time")]
    [InlineData("::ffff:10.0.0.1", "ws://10.0.0.1:8889/game/1/time")]
    [InlineData("2001:db8::1", "ws://[2001:db8::1]:8889/game/1/time")]
    public void AnAddressIsWrittenAsAUrlHasIt(string address, string url) =>
        Assert.Equal(url, CallerAddress.ToDashboard(IPAddress.Parse(address), 8889, "/game/1/time").ToString());
}
