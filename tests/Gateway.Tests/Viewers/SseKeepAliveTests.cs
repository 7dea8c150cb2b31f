namespace OrleansRelay.Gateway.Tests.Viewers;

/// <summary>An SSE viewer of a silent channel gets a comment now and then, so that no proxy takes its connection for dead.</summary>
public sealed class SseKeepAliveTests : IAsyncLifetime
{
    private RelayHost _relay = null!;

    public async Task InitializeAsync() => _relay = await RelayHost.StartAsync("Viewers:PingEvery=00:00:01");

    public async Task DisposeAsync() => await _relay.DisposeAsync();

    [Fact]
    public async Task ASilentChannelsViewerGetsComments()
    {
        using var client = new HttpClient { BaseAddress = _relay.Address };
        client.DefaultRequestHeaders.Accept.ParseAdd("text/event-stream");
        await using var events = await client.GetStreamAsync(new Uri("viewer/silent", UriKind.Relative)).WithinTest("the response");
        using var lines = new StreamReader(events);

        for (var comments = 0; comments < 2;)
        {
            var line = await lines.ReadLineAsync().WithinTest("a comment");
            Assert.NotNull(line);
            comments += line.StartsWith(':') ? 1 : 0;
        }
    }
}
