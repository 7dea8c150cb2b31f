using OrleansRelay.LoadTest.Tests.Running;

namespace OrleansRelay.LoadTest.Tests.Targets;

/// <summary>Other relays' protocols, each against a server that speaks it.</summary>
public sealed class TargetProtocolTests
{
    private static readonly string[] Short = ["--viewers", "6", "--channels", "2", "--rate", "100", "--warm-up", "0.1", "--duration", "0.5", "--windows", "1", "--settle", "0.05"];

    [Theory]
    [InlineData("64")]
    [InlineData("20000")]
    public async Task NatsIsSpokenWhereverItsFramesEnd(string size)
    {
        await using var nats = await FakeNats.StartAsync();

        var loaded = await RunAsync("many-channels", nats.Address, "nats", "/", "--size", size);

        Assert.True(loaded.ExitCode == 0, loaded.Output + loaded.Errors);
        Assert.True(loaded.Check("delivered") > 100, loaded.Output);
    }

    [Fact]
    public async Task WhatNatsRefusesIsTold()
    {
        await using var nats = await FakeNats.StartAsync("-ERR 'Authorization Violation'\r\n");

        var loaded = await RunAsync("fan-out", nats.Address, "nats", "/");

        Assert.Equal(1, loaded.ExitCode);
        Assert.Contains("said -ERR 'Authorization Violation'", loaded.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("64")]
    [InlineData("20000")]
    public async Task SignalRIsSpoken(string size)
    {
        await using var signalR = await SignalRHost.StartAsync();

        var loaded = await RunAsync("many-channels", signalR.Address, "signalr", "/relay", "--text", "--size", size);

        Assert.True(loaded.ExitCode == 0, loaded.Output + loaded.Errors);
        Assert.True(loaded.Check("delivered") > 100, loaded.Output);
    }

    [Fact]
    public async Task AJoinThatSignalRRefusesIsTold()
    {
        await using var signalR = await SignalRHost.StartAsync(refusesJoins: true);

        var loaded = await RunAsync("fan-out", signalR.Address, "signalr", "/relay", "--text");

        Assert.Equal(1, loaded.ExitCode);
        Assert.Contains("refused Join", loaded.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignalRWithoutTextIsRefused()
    {
        var loaded = await RunAsync("fan-out", "ws://127.0.0.1:1", "signalr", "/relay");

        Assert.Contains("carries text only: say --text as well.", loaded.Errors, StringComparison.Ordinal);
    }

    private static Task<Loading.Loaded> RunAsync(string scenario, string url, string protocol, string path, params string[] flags) => Loading.RunAsync(
        scenario, ["--url", url, "--protocol", protocol, "--publish-url", "{url}" + path, "--view-url", "{url}" + path, .. Short, .. flags]);
}
