using System.Net;
using System.Text;
using System.Text.Json;
using OrleansRelay.Channels;

namespace OrleansRelay.Gateway.Tests.Ingest;

/// <summary>Publishing by POST, as PROTOCOL.md, section 5, has it.</summary>
public sealed class HttpPublishTests(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private readonly string _channel = RelayHost.NewChannel();
    private string _path = "streamer/";

    private RelayHost Relay => fixture.Relay;

    [Theory]
    [InlineData("text/plain", MessageKind.Text)]
    [InlineData("text/plain; charset=utf-8", MessageKind.Text)]
    [InlineData("TEXT/HTML", MessageKind.Text)]
    [InlineData("application/json", MessageKind.Text)]
    [InlineData("application/octet-stream", MessageKind.Binary)]
    [InlineData("image/jpeg", MessageKind.Binary)]
    [InlineData(null, MessageKind.Binary)]
    public async Task TheContentTypeDecidesTheKind(string? contentType, MessageKind kind)
    {
        var answer = await PostAsync("", "{\"a\":\n1}"u8.ToArray(), contentType);

        Assert.Equal((1, 1, false), (answer.GetProperty("offset").GetInt64(), answer.GetProperty("count").GetInt32(), answer.GetProperty("duplicate").GetBoolean()));
        Assert.Equal((await Relay.Channel(_channel).GetStateAsync()).Epoch, answer.GetProperty("epoch").GetInt64());
        var message = Assert.Single((await Relay.Channel(_channel).ReadHistoryAsync(1, 9)).Messages);
        Assert.Equal((kind, "{\"a\":\n1}"), (message.Kind, Encoding.UTF8.GetString(message.Payload.Span)));
    }

    [Fact]
    public async Task ABatchPublishesEachLineThatIsNotEmpty()
    {
        var answer = await PostAsync("", "{\"a\":1}\n\n{\"b\":2}\r\n\r\nc"u8.ToArray(), "application/x-ndjson");

        Assert.Equal((3, 3), (answer.GetProperty("offset").GetInt64(), answer.GetProperty("count").GetInt32()));
        Assert.Equal(["{\"a\":1}", "{\"b\":2}", "c"], await HistoryAsync());
    }

    [Fact]
    public async Task ARepeatedRequestIsStoredOnce()
    {
        await PostAsync("?publisher=me&sequence=1", "a\nb"u8.ToArray(), "application/x-ndjson");

        var again = await PostAsync("?publisher=me&sequence=1", "a\nb"u8.ToArray(), "application/x-ndjson");
        var next = await PostAsync("?publisher=me&sequence=3", "c"u8.ToArray());

        Assert.Equal((2, true), (again.GetProperty("offset").GetInt64(), again.GetProperty("duplicate").GetBoolean()));
        Assert.Equal((3, false), (next.GetProperty("offset").GetInt64(), next.GetProperty("duplicate").GetBoolean()));
        Assert.Equal(["a", "b", "c"], await HistoryAsync());
    }

    [Fact]
    public async Task RequestsWithoutAPublisherAreEachStored()
    {
        await PostAsync("", "same"u8.ToArray());
        await PostAsync("", "same"u8.ToArray());

        Assert.Equal(["same", "same"], await HistoryAsync());
    }

    [Fact]
    public async Task ASequenceThatLeavesSomethingOutIsAConflict()
    {
        await PostAsync("?publisher=me&sequence=1", "a"u8.ToArray());

        var problem = await RefusedAsync("?publisher=me&sequence=3", "c"u8.ToArray(), "text/plain", HttpStatusCode.Conflict);

        Assert.Contains("the last one stored is 1", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?publisher=me", "publisher and sequence go together")]
    [InlineData("?sequence=1", "publisher must be")]
    [InlineData("?publisher=a%20b&sequence=1", "publisher must be")]
    [InlineData("?publisher=me%0A&sequence=1", "publisher must be")]
    [InlineData("?publisher=me&sequence=0", "whole number from 1")]
    [InlineData("?publisher=me&sequence=x", "whole number from 1")]
    [InlineData("?publisher=me&sequence=9007199254740992", "at most 9007199254740991")]
    [InlineData("?publisher=me&sequence=9223372036854775807", "at most 9007199254740991")]
    public async Task AWrongQueryIsRefused(string query, string error) =>
        Assert.Contains(error, await RefusedAsync(query, "a"u8.ToArray(), "text/plain", HttpStatusCode.BadRequest), StringComparison.Ordinal);

    [Fact]
    public async Task ABatchWhoseNumbersRunOutIsRefusedAndOneThatEndsWithTheLastIsStoredOnce()
    {
        Assert.Contains("at most 9007199254740991", await RefusedAsync("?publisher=me&sequence=9007199254740991", "a\nb"u8.ToArray(), "application/x-ndjson", HttpStatusCode.BadRequest), StringComparison.Ordinal);

        await PostAsync("?publisher=me&sequence=9007199254740990", "a\nb"u8.ToArray(), "application/x-ndjson");
        await PostAsync("?publisher=me&sequence=9007199254740990", "a\nb"u8.ToArray(), "application/x-ndjson");

        Assert.Equal(["a", "b"], await HistoryAsync());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    public async Task TextThatIsNotUtf8IsRefused(string contentType)
    {
        await RefusedAsync("", [0x61, 0xff], contentType, HttpStatusCode.BadRequest);

        Assert.Empty(await HistoryAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\r\n\n")]
    public async Task ABatchOfNothingIsRefused(string body) => await RefusedAsync("", Encoding.UTF8.GetBytes(body), "application/x-ndjson", HttpStatusCode.BadRequest);

    [Fact]
    public async Task AnEmptyBodyIsAnEmptyMessage()
    {
        await PostAsync("", []);

        Assert.Equal([""], await HistoryAsync());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/octet-stream")]
    [InlineData("application/x-ndjson")]
    public async Task TheLargestMessageIsTakenAndOneByteMoreIsNot(string contentType)
    {
        _path = "streamer/small/";
        await PostAsync("", Letters(IngestFixture.SmallMessage), contentType);

        await RefusedAsync("", Letters(IngestFixture.SmallMessage + 1), contentType, HttpStatusCode.RequestEntityTooLarge);

        Assert.Equal(1, (await Relay.Channel("small/" + _channel).GetStateAsync()).Head);
    }

    [Fact]
    public async Task ABodyOfUnknownLengthIsHeldToTheLimitToo()
    {
        await using var socket = await RawSocket.ConnectAsync(Relay.Address);
        await socket.SendRequestAsync("streamer/small/" + _channel, new Dictionary<string, string> { ["Host"] = "relay", ["Transfer-Encoding"] = "chunked" }, method: "POST");
        await socket.SendAsync(Encoding.ASCII.GetBytes($"{IngestFixture.SmallMessage + 1:x}\r\n"));
        await socket.SendAsync(Letters(IngestFixture.SmallMessage + 1));

        Assert.Equal(413, (await socket.ReadResponseAsync()).Status);
    }

    private static byte[] Letters(int count) => Encoding.UTF8.GetBytes(new string('x', count));

    private async Task<JsonElement> PostAsync(string query, byte[] body, string? contentType = "text/plain")
    {
        using var response = await Relay.PostAsync(_path + _channel + query, body, contentType);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    private async Task<string> RefusedAsync(string query, byte[] body, string contentType, HttpStatusCode status)
    {
        using var response = await Relay.PostAsync(_path + _channel + query, body, contentType);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString()!;
    }

    private async Task<string[]> HistoryAsync() =>
        [.. (await Relay.Channel(_channel).ReadHistoryAsync(1, 1000)).Messages.Select(message => Encoding.UTF8.GetString(message.Payload.Span))];
}
