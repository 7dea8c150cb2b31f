namespace OrleansRelay.LoadTest.Tests.Running;

/// <summary>Each way of delivering wrongly is found, counted as what it is, and makes the exit code 1.</summary>
public sealed class BadRelayTests
{
    private const int Viewers = 5;

    private static readonly string[] Load =
        ["--viewers", "5", "--rate", "200", "--warm-up", "0", "--duration", "0.5", "--windows", "1", "--drain", "3", "--settle", "0.05"];

    [Fact]
    public async Task AGoodOnePasses()
    {
        var loaded = await RunAsync((_, message) => [message]);

        Assert.True(loaded.ExitCode == 0, loaded.Output);
        Assert.True(loaded.Check("delivered") >= 50 * Viewers, loaded.Output);
    }

    [Fact]
    public async Task OneThatLosesAMessageFails()
    {
        var loaded = await RunAsync((index, message) => index == 20 ? [] : [message]);

        Assert.Equal((1, Viewers, 0L), (loaded.ExitCode, loaded.Check("lost"), loaded.Check("reordered")));
        Assert.Contains("FAILED", loaded.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneThatDeliversTwiceFails()
    {
        var loaded = await RunAsync((index, message) => index == 20 ? [message, message] : [message]);

        Assert.Equal((1, Viewers, 0L), (loaded.ExitCode, loaded.Check("duplicated"), loaded.Check("lost")));
    }

    [Fact]
    public async Task OneThatChangesTheOrderFails()
    {
        byte[] held = [];
        var loaded = await RunAsync((index, message) =>
        {
            (held, var before) = (index == 20 ? message : [], held);
            return index switch { 20 => [], 21 => [message, before], _ => [message] };
        });

        Assert.Equal((1, Viewers, 0L), (loaded.ExitCode, loaded.Check("reordered"), loaded.Check("lost")));
    }

    [Fact]
    public async Task OneThatChangesAByteFails()
    {
        var loaded = await RunAsync((index, message) =>
        {
            message[^1] ^= (byte)(index == 20 ? 1 : 0);
            return [message];
        });

        Assert.Equal((1, Viewers), (loaded.ExitCode, loaded.Check("corrupted")));
    }

    [Fact]
    public async Task OneThatIsNotThereFails()
    {
        var loaded = await Loading.RunAsync("fan-out", ["--url", "ws://127.0.0.1:1", .. Load]);

        Assert.Equal(1, loaded.ExitCode);
        Assert.Contains("refused", loaded.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneElsewhereIsRefused()
    {
        var loaded = await Loading.RunAsync("fan-out", ["--url", "ws://192.0.2.1:80", .. Load]);

        Assert.Equal(2, loaded.ExitCode);
        Assert.Contains("--allow-remote", loaded.Errors, StringComparison.Ordinal);
    }

    private static async Task<Loading.Loaded> RunAsync(Func<int, byte[], IEnumerable<byte[]>> deliver)
    {
        await using var relay = await FakeRelay.StartAsync(deliver);
        return await Loading.RunAsync("fan-out", ["--url", relay.Address, "--view-url", "{url}/ws/viewer-{n}", "--publish-url", "{url}/ws/publisher-{n}", .. Load]);
    }
}
