using System.Net;
using System.Text.Json;

namespace OrleansRelay.Gateway.Tests.Hosting;

/// <summary>The health of seed 002, in both of the shapes that its clients know.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private RelayHost _relay = null!;

    public async Task InitializeAsync() => _relay = await RelayHost.StartAsync();

    public async Task DisposeAsync() => await _relay.DisposeAsync();

    [Fact]
    public async Task TheFirstShapeHasStatusUsersAndCount()
    {
        await using var ann = await WebSocketViewer.OpenAsync(_relay.Address, "ws/ann");
        await using var bob = await WebSocketViewer.OpenAsync(_relay.Address, "ws/bob");

        var health = await HealthAsync();

        Assert.Equal("healthy", health.GetProperty("status").GetString());
        Assert.Equal(["ann", "bob"], health.GetProperty("users").EnumerateArray().Select(user => user.GetString()));
        Assert.Equal(2, health.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task TheLastShapeHasDeploymentServerAndMetrics()
    {
        await using var ann = await WebSocketViewer.OpenAsync(_relay.Address, "ws/ann");
        await using var bob = await WebSocketViewer.OpenAsync(_relay.Address, "ws/bob");
        await ann.SayAsync("12345"u8.ToArray(), isText: true);
        await bob.NextMessageAsync();

        var health = await HealthAsync();

        Assert.Equal("1.0.0", health.GetProperty("version").GetString());
        var deployment = health.GetProperty("deployment");
        Assert.Equal(("unknown", "manual", "", ""), (Text(deployment, "commit"), Text(deployment, "actor"), Text(deployment, "run_id"), Text(deployment, "run_url")));
        Assert.True(deployment.GetProperty("timestamp").TryGetDateTimeOffset(out _));
        var server = health.GetProperty("server");
        Assert.True(server.GetProperty("uptime_seconds").GetDouble() > 0);
        Assert.True(server.GetProperty("start_time").TryGetDateTimeOffset(out _) && server.GetProperty("current_time").TryGetDateTimeOffset(out _));
        var metrics = health.GetProperty("metrics");
        Assert.Equal((2, 2), (metrics.GetProperty("connected_users").GetInt32(), metrics.GetProperty("total_connections").GetInt32()));
        Assert.Equal(["ann", "bob"], metrics.GetProperty("users").EnumerateArray().Select(user => user.GetString()));
        Assert.True(metrics.GetProperty("messages_per_second").GetDouble() >= 0 && metrics.GetProperty("bandwidth_mbps").GetDouble() >= 0);
    }

    [Fact]
    public async Task WhatCameInIsCounted()
    {
        (await _relay.PostAsync("streamer/chess", "12345"u8.ToArray())).EnsureSuccessStatusCode();
        (await _relay.PostAsync("streamer/chess", "123"u8.ToArray())).EnsureSuccessStatusCode();

        var metrics = (await HealthAsync()).GetProperty("metrics");

        Assert.Equal((2, 8), (metrics.GetProperty("total_messages").GetInt32(), metrics.GetProperty("total_bytes_relayed").GetInt32()));
    }

    [Fact]
    public async Task HeadAnswersWithoutABody()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, _relay.At("health"));

        using var response = await _relay.Http.SendAsync(request).WithinTest("the answer to HEAD");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    private async Task<JsonElement> HealthAsync() => JsonDocument.Parse(await _relay.Http.GetStringAsync(_relay.At("health")).WithinTest("the health")).RootElement;

    private static string? Text(JsonElement parent, string name) => parent.GetProperty(name).GetString();
}
