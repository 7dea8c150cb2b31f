namespace OrleansRelay.LoadTest.Tests.Running;

/// <summary>The fan-out in all its ways, short, against the relay itself. A class of its own: it runs beside the other scenarios.</summary>
public sealed class FanOutRunTests
{
    [Theory]
    [InlineData("--viewers", "50", "--rate", "50")]
    [InlineData("--viewers", "50", "--flat-out", "--publishers", "1")]
    [InlineData("--viewers", "20", "--rate", "50", "--subprotocol", "relay.v1", "--text")]
    [InlineData("--viewers", "20", "--no-epoll")]
    [InlineData("--viewers", "20", "--publish-url", "{url}/ws/p{n}", "--view-url", "{url}/ws/v{n}")]
    public Task TheRelayLosesNothing(params string[] flags) => Loading.LoseNothingAsync("fan-out", flags);

    [Fact]
    public async Task TheReportIsOnePageWithTheResultInIt()
    {
        var html = Path.GetTempFileName();
        try
        {
            await using var relay = await RelayHost.StartAsync();

            var loaded = await Loading.RunAsync("fan-out", ["--url", relay.WebSocketAddress.ToString(), "--viewers", "5", "--duration", "0.3", "--warm-up", "0", "--html", html, "--name", "</script>"]);

            Assert.True(loaded.ExitCode == 0, loaded.Output + loaded.Errors);
            var page = await File.ReadAllTextAsync(html);
            Assert.Contains("\"deliveriesPerSecond\":", page, StringComparison.Ordinal);
            Assert.DoesNotContain("http", page, StringComparison.Ordinal);
            Assert.Equal(page.IndexOf("</script>", StringComparison.Ordinal), page.LastIndexOf("</script>", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(html);
        }
    }
}
