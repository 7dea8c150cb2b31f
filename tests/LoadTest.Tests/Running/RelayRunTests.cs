namespace OrleansRelay.LoadTest.Tests.Running;

/// <summary>Every scenario, short, against the relay itself.</summary>
public sealed class RelayRunTests
{
    [Theory]
    [InlineData("fan-out", "--viewers", "50", "--rate", "50")]
    [InlineData("fan-out", "--viewers", "50", "--flat-out", "--publishers", "1")]
    [InlineData("fan-out", "--viewers", "20", "--rate", "50", "--subprotocol", "relay.v1", "--text")]
    [InlineData("many-channels", "--viewers", "40", "--channels", "10", "--rate", "20")]
    [InlineData("video", "--viewers", "5")]
    [InlineData("fan-out", "--viewers", "20", "--no-epoll")]
    [InlineData("fan-out", "--viewers", "20", "--publish-url", "{url}/ws/p{n}", "--view-url", "{url}/ws/v{n}")]
    [InlineData("echo")]
    [InlineData("late-joiners", "--viewers", "20", "--history", "200")]
    [InlineData("join-storm", "--viewers", "100")]
    [InlineData("churn", "--viewers", "20", "--churn-rate", "50")]
    [InlineData("slow-viewers", "--viewers", "20", "--stalled", "10")]
    [InlineData("publish-latency")]
    public async Task TheRelayLosesNothing(string scenario, params string[] flags)
    {
        await using var relay = await RelayHost.StartAsync();

        var loaded = await Loading.RunAsync(
            scenario, ["--url", relay.WebSocketAddress.ToString(), "--duration", "2", "--warm-up", "0.2", "--server-pid", $"{Environment.ProcessId}", .. flags]);

        Assert.True(loaded.ExitCode == 0, loaded.Output + loaded.Errors);
        Assert.True(loaded.Check("delivered") > 0, loaded.Output);
    }

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
