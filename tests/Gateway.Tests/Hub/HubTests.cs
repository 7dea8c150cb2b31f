using System.Net;
using System.Net.WebSockets;
using System.Text.Json;

namespace OrleansRelay.Gateway.Tests.Hub;

/// <summary>Seed 002's hub as its clients know it.</summary>
public sealed class HubTests(RelayFixture fixture) : IClassFixture<RelayFixture>
{
    private static readonly byte[] Sound = [0, 255, 1, 254];

    // The hub is one for all, so each test has names of its own and ends with nobody connected.
    private readonly string _ann = "ann-" + RelayHost.NewChannel();
    private readonly string _bob = "bob-" + RelayHost.NewChannel();

    private RelayHost Relay => fixture.Relay;

    [Fact]
    public async Task WhatOneSaysAllOthersGetAndNeverTheSender()
    {
        await using var ann = await JoinAsync(_ann);
        await using var bob = await JoinAsync(_bob);
        await using var cat = await JoinAsync("cat-" + _bob);

        await ann.SayAsync("from ann"u8.ToArray(), isText: true);
        Assert.Equal("from ann", (await bob.NextMessageAsync()).Text);
        Assert.Equal("from ann", (await cat.NextMessageAsync()).Text);
        await bob.SayAsync("from bob"u8.ToArray(), isText: true);

        // Ann's own message would have come first.
        Assert.Equal("from bob", (await ann.NextMessageAsync()).Text);
        Assert.Equal("from bob", (await cat.NextMessageAsync()).Text);
        await LeaveAsync(ann, bob, cat);
    }

    [Fact]
    public async Task TextStaysTextAndBinaryBinary()
    {
        await using var ann = await JoinAsync(_ann);
        await using var bob = await JoinAsync(_bob);

        await ann.SayAsync("{}"u8.ToArray(), isText: true);
        await ann.SayAsync(Sound, isText: false);

        Assert.True((await bob.NextMessageAsync()).IsText);
        var binary = await bob.NextMessageAsync();
        Assert.False(binary.IsText);
        Assert.Equal(Sound, binary.Payload);
        await LeaveAsync(ann, bob);
    }

    [Fact]
    public async Task AnOldClientGetsEverythingAsBinary()
    {
        await using var ann = await JoinAsync(_ann);
        await using var bob = await JoinAsync(_bob + "?compat=binary");

        await ann.SayAsync("{}"u8.ToArray(), isText: true);

        var message = await bob.NextMessageAsync();
        Assert.Equal((false, "{}"), (message.IsText, message.Text));
        await LeaveAsync(ann, bob);
    }

    [Fact]
    public async Task ANameInUseIsRefusedInTheOriginalsWords()
    {
        await using var ann = await JoinAsync(_ann);
        await using var raw = await RawSocket.ConnectAsync(Relay.Address);

        await raw.SendRequestAsync("ws/" + _ann, RawSocket.Handshake);
        var answer = await raw.ReadResponseAsync();

        Assert.Equal(409, answer.Status);
        Assert.Contains("Content-Type: text/plain", answer.Head, StringComparison.Ordinal);
        Assert.Equal("Username already connected\n", answer.Body);
        await LeaveAsync(ann);
    }

    [Fact]
    public async Task FiftyWhoWantOneNameHaveOneWinner()
    {
        var joins = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => TryJoinAsync(_ann))).WithinTest("all fifty answers");

        await using var winner = Assert.Single(joins.OfType<WebSocketViewer>());
        await LeaveAsync(winner);
    }

    [Fact]
    public async Task ANameIsFreeAgainOnceItsOwnerHasLeft()
    {
        await using var former = await RawSocket.UpgradeAsync(Relay.Address, "ws/" + _ann);
        await former.SendFrameAsync(8, RawSocket.CloseWith(1000));
        Assert.Equal(1000, (await former.ReadCloseAsync()).Code);

        // The relay gives the name back before it ends the connection.
        Assert.True(await former.IsEndedAsync());
        await using var latter = await JoinAsync(_ann);
        await LeaveAsync(latter);
    }

    /// <summary>As a client of npm's ws does that joins again in its close event.</summary>
    [Fact]
    public async Task ItIsFreeWhenTheCloseIsAnswered()
    {
        for (var round = 0; round < 100; round++)
        {
            await using var former = await RawSocket.UpgradeAsync(Relay.Address, "ws/" + _ann);
            await former.SendFrameAsync(1, "last words"u8);
            await former.SendFrameAsync(8, RawSocket.CloseWith(1000));
            Assert.Equal(1000, (await former.ReadCloseAsync()).Code);
        }
    }

    [Fact]
    public async Task ANewcomerGetsNothingOfThePast()
    {
        await using var ann = await JoinAsync(_ann);
        await using var bob = await JoinAsync(_bob);
        await ann.SayAsync("past"u8.ToArray(), isText: true);
        await bob.NextMessageAsync();

        await using var late = await JoinAsync("late-" + _ann);
        await ann.SayAsync("now"u8.ToArray(), isText: true);

        Assert.Equal("now", (await late.NextMessageAsync()).Text);
        await LeaveAsync(ann, bob, late);
    }

    [Fact]
    public async Task ANameMayHoldAnyCharacterOfAPathSegment()
    {
        var name = $"Ärger & Söhne? {_ann}";
        await using var ann = await JoinAsync(Uri.EscapeDataString(name));

        var health = await Relay.Http.GetStringAsync(Relay.At("health")).WithinTest("the health");

        Assert.Contains(name, JsonDocument.Parse(health).RootElement.GetProperty("users").EnumerateArray().Select(user => user.GetString()));
        await LeaveAsync(ann);
    }

    [Fact]
    public async Task AMemberWhoseMessageIsNeverFinishedIsClosed()
    {
        await using var relay = await RelayHost.StartAsync("Ingest:MessageWithin=00:00:01");
        await using var ann = await RawSocket.UpgradeAsync(relay.Address, "ws/ann");

        await ann.SendFrameAsync(1, "unfin"u8, isFinal: false);

        Assert.Equal((4103, "message unfinished"), await ann.ReadCloseAsync());
    }

    [Fact]
    public async Task AMessageThatIsTooBigIsClosed()
    {
        await using var relay = await RelayHost.StartAsync("Channels:Namespaces:hub:MaxMessageBytes=1000");
        await using var ann = await RawSocket.UpgradeAsync(relay.Address, "ws/ann");

        await ann.SendFrameAsync(1, new byte[16 << 20]);

        Assert.Equal((1009, "message too big"), await ann.ReadCloseAsync());
    }

    [Theory]
    [InlineData("ws/", HttpStatusCode.NotFound)]
    [InlineData("ws/a/b", HttpStatusCode.NotFound)]
    [InlineData("ws/ann", HttpStatusCode.UpgradeRequired)]
    public async Task AnythingButAHandshakeWithANameIsRefused(string path, HttpStatusCode status) =>
        Assert.Equal(status, (await Relay.Http.GetAsync(Relay.At(path)).WithinTest("the answer")).StatusCode);

    [Theory]
    [InlineData("?compat=text")]
    [InlineData("%0A")]
    public async Task AnUnknownWishOrAControlCharacterIsRefused(string suffix)
    {
        await using var raw = await RawSocket.ConnectAsync(Relay.Address);

        await raw.SendRequestAsync($"ws/{_ann}{suffix}", RawSocket.Handshake);

        Assert.Equal(400, (await raw.ReadResponseAsync()).Status);
    }

    private Task<WebSocketViewer> JoinAsync(string name) => WebSocketViewer.OpenAsync(Relay.Address, "ws/" + name);

    private async Task<WebSocketViewer?> TryJoinAsync(string name)
    {
        try
        {
            return await JoinAsync(name);
        }
        catch (WebSocketException exception) when (exception.Message.Contains("409", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private static async Task LeaveAsync(params WebSocketViewer[] members)
    {
        foreach (var member in members)
        {
            await member.CloseAsync();
        }
    }
}
