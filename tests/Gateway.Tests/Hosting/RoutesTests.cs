using System.Net;
using System.Text.Json;

namespace OrleansRelay.Gateway.Tests.Hosting;

public sealed class RoutesTests(RelayFixture fixture) : IClassFixture<RelayFixture>
{
    [Theory]
    [InlineData("GET", "nothing/here", 404)]
    [InlineData("POST", "nothing/here", 404)]
    [InlineData("GET", "viewer", 400)]
    [InlineData("GET", "viewer/", 400)]
    [InlineData("GET", "viewer/.hidden", 400)]
    [InlineData("GET", "viewer/a%20b", 400)]
    [InlineData("GET", "viewer/a/b/c", 400)]
    [InlineData("GET", "viewers/Chat/x", 400)]
    [InlineData("POST", "streamer/%C3%A4", 400)]
    [InlineData("GET", "streamers/", 400)]
    [InlineData("GET", "api/channels/a%0Ab", 400)]
    [InlineData("GET", "viewer/hub/global", 403)]
    [InlineData("POST", "streamer/chat/x", 403)]
    [InlineData("GET", "streamer/user/x", 403)]
    [InlineData("GET", "viewer/chess", 426)]
    [InlineData("GET", "ws/ann", 426)]
    [InlineData("POST", "viewer/chess", 405)]
    [InlineData("DELETE", "viewers/chess", 405)]
    [InlineData("PUT", "streamer/chess", 405)]
    [InlineData("DELETE", "streamers/chess", 405)]
    [InlineData("POST", "health", 405)]
    [InlineData("POST", "api/channels", 405)]
    [InlineData("DELETE", "api/channels/chess", 405)]
    [InlineData("POST", "ws/ann", 426)]
    public async Task WhatIsWrongIsToldAsAProblem(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), fixture.Relay.At(path));

        using var response = await fixture.Relay.Http.SendAsync(request).WithinTest("the answer");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.GetProperty("title").GetString());
        Assert.NotEqual("", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("PUT", "streamer/chess", "GET, POST, OPTIONS")]
    [InlineData("POST", "viewer/chess", "GET, OPTIONS")]
    [InlineData("POST", "api/channels", "GET, HEAD, OPTIONS")]
    [InlineData("DELETE", "api/channels/chess", "GET, HEAD, PATCH, OPTIONS")]
    public async Task AWrongMethodIsToldTheRightOnes(string method, string path, string allowed)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), fixture.Relay.At(path));

        using var response = await fixture.Relay.Http.SendAsync(request).WithinTest("the answer");

        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow));
    }

    [Theory]
    [InlineData("viewer/chess?since=7", "since is '7'")]
    [InlineData("viewer/chess?tail=1&from=live", "tail and from")]
    public async Task AWrongQueryIsTold(string path, string error)
    {
        await using var socket = await RawSocket.ConnectAsync(fixture.Relay.Address);

        await socket.SendRequestAsync(path, RawSocket.Handshake);

        var answer = await socket.ReadResponseAsync();
        Assert.Equal(400, answer.Status);
        Assert.Contains(error, JsonDocument.Parse(answer.Body).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThePageIsAtTheRoot()
    {
        using var response = await fixture.Relay.Http.GetAsync(fixture.Relay.At("")).WithinTest("the page");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyOriginMayAsk()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, fixture.Relay.At("health"));
        request.Headers.Add("Origin", "https://elsewhere.example");
        request.Headers.Add("Access-Control-Request-Method", "GET");

        using var response = await fixture.Relay.Http.SendAsync(request).WithinTest("the answer to the preflight");

        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Theory]
    [InlineData("Content-Type")]
    [InlineData("Last-Event-ID")]
    [InlineData("Cache-Control")]
    public async Task ItMaySendWhatEventSourcesSend(string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, fixture.Relay.At("viewer/chess"));
        request.Headers.Add("Origin", "https://elsewhere.example");
        request.Headers.Add("Access-Control-Request-Method", "GET");
        request.Headers.Add("Access-Control-Request-Headers", header);

        using var response = await fixture.Relay.Http.SendAsync(request).WithinTest("the answer to the preflight");

        Assert.Contains(header, response.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("health")]
    [InlineData("api/channels")]
    [InlineData("nothing/here")]
    public async Task ThatAnyOriginMayAskIsSaidToThoseWithoutOneToo(string path)
    {
        using var response = await fixture.Relay.Http.GetAsync(fixture.Relay.At(path)).WithinTest("the answer");

        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Theory]
    [InlineData("")]
    [InlineData("health")]
    [InlineData("health/live")]
    [InlineData("health/startup")]
    [InlineData("health/ready")]
    [InlineData("api/channels")]
    [InlineData("api/channels/chess")]
    public async Task HeadIsAnsweredLikeGetWithoutABody(string path)
    {
        using var get = await fixture.Relay.Http.GetAsync(fixture.Relay.At(path)).WithinTest("the answer to GET");
        using var request = new HttpRequestMessage(HttpMethod.Head, fixture.Relay.At(path));
        using var head = await fixture.Relay.Http.SendAsync(request).WithinTest("the answer to HEAD");

        Assert.Equal((get.StatusCode, get.Content.Headers.ContentType), (head.StatusCode, head.Content.Headers.ContentType));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("viewer/chess", "GET, OPTIONS")]
    [InlineData("streamers/chess", "GET, POST, OPTIONS")]
    [InlineData("health", "GET, HEAD, OPTIONS")]
    [InlineData("api/channels", "GET, HEAD, OPTIONS")]
    [InlineData("api/channels/chess", "GET, HEAD, PATCH, OPTIONS")]
    public async Task WhoeverAsksForTheMethodsIsTold(string path, string allowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, fixture.Relay.At(path));

        using var response = await fixture.Relay.Http.SendAsync(request).WithinTest("the answer");

        Assert.Equal((HttpStatusCode.NoContent, allowed), (response.StatusCode, string.Join(", ", response.Content.Headers.Allow)));
    }
}
