using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

/// <summary>The channel through Orleans, asked as a gateway asks it.</summary>
public sealed class ChannelGrainTests(RelayFixture fixture) : IClassFixture<RelayFixture>
{
    private readonly string _name = RelayHost.NewChannel();

    private IChannelGrain Grain => fixture.Relay.Channel(_name);

    [Fact]
    public async Task MessagesGetTheirPositionsInOrder()
    {
        var first = await PublishAsync(Grain, "a", "b");
        var second = await PublishAsync(Grain, "c");

        Assert.Equal((PublishStatus.Stored, 2, 3), (first.Status, first.LastOffset, second.LastOffset));
        Assert.Equal(first.Epoch, second.Epoch);
        var page = await Grain.ReadHistoryAsync(1, 10);
        Assert.Equal(["a", "b", "c"], page.Messages.Texts());
        Assert.Equal((1, 3, first.Epoch), (page.FirstOffset, page.Head, page.Epoch));
    }

    [Fact]
    public async Task WhatIsStoredIsHandedToFollowersInOrder()
    {
        await using var ear = new ChannelEar(fixture.Relay.Services, _name);

        var opened = await OpenAsync(Grain, "p");
        await PublishAsync(Grain, opened, "p", 1, "a", "b");
        await Grain.ClosePublisherAsync(opened.Session, isEnd: true);

        Assert.Equal((ChannelNotice.Started, 1), await ear.NextNoticeAsync());
        var batch = await ear.NextAsync();
        Assert.Equal((1, 3), (batch.FirstOffset, batch.NextOffset));
        Assert.Equal(["a", "b"], batch.Messages.Texts());
        Assert.Equal((ChannelNotice.Ended, 3), await ear.NextNoticeAsync());
    }

    [Fact]
    public async Task AChannelIsLiveWhileAPublisherHasItOpen()
    {
        Assert.False((await Grain.GetStateAsync()).IsLive);
        var opened = await OpenAsync(Grain, "p");
        Assert.True(opened.State.IsLive);
        Assert.True(opened.State.StartedAt > 0);

        await Grain.ClosePublisherAsync(opened.Session, isEnd: true);

        var state = await Grain.GetStateAsync();
        Assert.False(state.IsLive);
        Assert.True(state.EndedAt >= state.StartedAt);
    }

    [Fact]
    public async Task APublisherThatIsLostEndsTheStreamWhenItsLeaseRunsOut()
    {
        await using var ear = new ChannelEar(fixture.Relay.Services, _name);
        var opened = await OpenAsync(Grain, "p");

        await Grain.ClosePublisherAsync(opened.Session, isEnd: false);

        Assert.Equal(ChannelNotice.Started, (await ear.NextNoticeAsync()).Notice);
        Assert.Equal(ChannelNotice.PublisherLost, (await ear.NextNoticeAsync()).Notice);
        Assert.False((await Grain.GetStateAsync()).IsLive);
    }

    [Fact]
    public async Task APublisherThatItsGatewayNamesNoMoreIsLost()
    {
        await using var ear = new ChannelEar(fixture.Relay.Services, _name);
        await OpenAsync(Grain, "p");
        await ear.NextNoticeAsync();

        await Grain.RenewGatewayAsync(new GatewayLease { GatewayId = "g", Viewers = 0, Sessions = [] });

        Assert.Equal(ChannelNotice.PublisherLost, (await ear.NextNoticeAsync()).Notice);
    }

    [Fact]
    public async Task APublisherThatComesBackWithinItsLeaseGoesOn()
    {
        await using var ear = new ChannelEar(fixture.Relay.Services, _name);
        var former = await OpenAsync(Grain, "p");
        await PublishAsync(Grain, former, "p", 1, "a");
        await Grain.ClosePublisherAsync(former.Session, isEnd: false);

        var latter = await OpenAsync(Grain, "p");
        await Grain.ClosePublisherAsync(latter.Session, isEnd: true);

        Assert.Equal(1, latter.LastSequence);
        Assert.Equal(ChannelNotice.Started, (await ear.NextNoticeAsync()).Notice);
        Assert.Equal(ChannelNotice.Ended, (await ear.NextNoticeAsync()).Notice);
    }

    [Fact]
    public async Task AnAnewStartDropsTheBufferAndGoesOnCounting()
    {
        await using var ear = new ChannelEar(fixture.Relay.Services, _name);
        var former = await OpenAsync(Grain, "p");
        await PublishAsync(Grain, former, "p", 1, "old");

        var latter = await OpenAsync(Grain, "q", startsAnew: true);
        await PublishAsync(Grain, latter, "q", 1, "new");

        Assert.Equal((ChannelNotice.Started, 1), await ear.NextNoticeAsync());
        Assert.Equal((ChannelNotice.Reset, 2), await ear.NextNoticeAsync());
        var page = await Grain.ReadHistoryAsync(1, 10);
        Assert.Equal(["new"], page.Messages.Texts());
        Assert.Equal((2, former.State.Epoch), (page.FirstOffset, page.Epoch));
    }

    [Fact]
    public async Task AResentMessageIsStoredOnce()
    {
        var opened = await OpenAsync(Grain, "p");
        await PublishAsync(Grain, opened, "p", 1, "a", "b");

        var again = await PublishAsync(Grain, opened, "p", 1, "a", "b");
        var partly = await PublishAsync(Grain, opened, "p", 2, "b", "c");

        Assert.Equal((PublishStatus.Duplicate, 2, 2), (again.Status, again.LastOffset, again.LastSequence));
        Assert.Equal((PublishStatus.Stored, 3, 3), (partly.Status, partly.LastOffset, partly.LastSequence));
        Assert.Equal(["a", "b", "c"], (await Grain.ReadHistoryAsync(1, 10)).Messages.Texts());
    }

    [Fact]
    public async Task AnotherPublishersNumbersAreItsOwn()
    {
        await PublishAsync(Grain, null, "p", 1, "a");

        Assert.Equal(PublishStatus.Stored, (await PublishAsync(Grain, null, "q", 1, "a")).Status);
    }

    [Fact]
    public async Task ASequenceThatLeavesSomethingOutStoresNothing()
    {
        var opened = await OpenAsync(Grain, "p");
        await PublishAsync(Grain, opened, "p", 1, "a");

        var result = await PublishAsync(Grain, opened, "p", 3, "c");

        Assert.Equal((PublishStatus.SequenceGap, 1), (result.Status, result.LastSequence));
        Assert.Equal(1, (await Grain.GetStateAsync()).Head);
    }

    [Fact]
    public async Task AMessageThatIsTooLargeStoresNothingOfItsBatch()
    {
        var grain = fixture.Relay.Channel("small/" + _name);

        var result = await PublishAsync(grain, "1234", "12345");

        Assert.Equal(PublishStatus.TooLarge, result.Status);
        Assert.Equal(0, (await grain.GetStateAsync()).Head);
    }

    [Fact]
    public async Task ASupersededPublisherIsToldSo()
    {
        var former = await OpenAsync(Grain, "p");
        await OpenAsync(Grain, "q");

        Assert.Equal(PublishStatus.Superseded, (await PublishAsync(Grain, former, "p", 1, "late")).Status);
    }

    [Fact]
    public async Task AnUnknownSessionIsToldToOpenAgain()
    {
        var opened = await OpenAsync(Grain, "p");
        await Grain.ClosePublisherAsync(opened.Session, isEnd: true);

        Assert.Equal(PublishStatus.UnknownSession, (await PublishAsync(Grain, opened, "p", 1, "a")).Status);
    }

    [Fact]
    public async Task ARefusingChannelHasOnePublisher()
    {
        var grain = fixture.Relay.Channel("refusing/" + _name);
        await OpenAsync(grain, "p");

        var second = await OpenAsync(grain, "q");

        Assert.False(second.IsAccepted);
        Assert.True(second.State.IsLive);
    }

    [Fact]
    public async Task ASharedChannelHasMany()
    {
        var grain = fixture.Relay.Channel("shared/" + _name);
        var first = await OpenAsync(grain, "p");
        var second = await OpenAsync(grain, "q");

        await PublishAsync(grain, first, "p", 1, "a");
        await PublishAsync(grain, second, "q", 1, "b");

        Assert.Equal(["a", "b"], (await grain.ReadHistoryAsync(1, 10)).Messages.Texts());
    }

    [Fact]
    public async Task TheBufferIsBoundedAsTheNamespaceSays()
    {
        var grain = fixture.Relay.Channel("short/" + _name);

        await PublishAsync(grain, "a", "b", "c");

        Assert.Equal((2, 3), ((await grain.GetStateAsync()).FirstHeld, (await grain.GetStateAsync()).Head));
    }

    [Fact]
    public async Task AChannelsOwnBoundGoesOverTheNamespaces()
    {
        await PublishAsync(Grain, "a", "b", "c");

        await Grain.SetOverridesAsync(new ChannelOverrides { HistoryMessages = 1, SlowViewers = SlowViewerPolicy.LatestOnly });

        var state = await Grain.GetStateAsync();
        Assert.Equal((3, SlowViewerPolicy.LatestOnly), (state.FirstHeld, state.Settings.SlowViewers));
    }

    [Fact]
    public async Task FiftyClaimsOfANameHaveOneWinner()
    {
        var claims = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => Grain.ClaimMemberAsync("ann", $"g{number}"))).WithinTest("all claims");

        var winner = Assert.Single(claims, claim => claim.IsGranted);
        await Grain.ReleaseMemberAsync("ann", winner.Member);
        Assert.True((await Grain.ClaimMemberAsync("ann", "g")).IsGranted);
    }

    [Fact]
    public async Task BatchesThatOvertakeEachOtherAreStoredInThePublishersOrder()
    {
        var opened = await OpenAsync(Grain, "p");
        var third = Grain.PublishAsync(Following(opened, 4, "d"));
        var second = Grain.PublishAsync(Following(opened, 2, "b", "c"));
        await Grain.GetStateAsync();
        Assert.False(second.IsCompleted || third.IsCompleted);

        await PublishAsync(Grain, opened, "p", 1, "a");

        Assert.Equal((3, 4), ((await second.WithinTest("the second")).LastOffset, (await third.WithinTest("the third")).LastOffset));
        Assert.Equal(["a", "b", "c", "d"], (await Grain.ReadHistoryAsync(1, 10)).Messages.Texts());
    }

    [Fact]
    public async Task ABatchThatCameTooEarlyAndWasSentAgainIsStoredOnce()
    {
        var opened = await OpenAsync(Grain, "p");
        var lost = Grain.PublishAsync(Following(opened, 2, "b"));
        var again = Grain.PublishAsync(Following(opened, 2, "b"));

        await Assert.ThrowsAsync<TimeoutException>(() => lost.WithinTest("the former call"));
        await PublishAsync(Grain, opened, "p", 1, "a");

        Assert.Equal(PublishStatus.Stored, (await again.WithinTest("the later call")).Status);
        Assert.Equal(["a", "b"], (await Grain.ReadHistoryAsync(1, 10)).Messages.Texts());
    }

    [Fact]
    public async Task WhoLosesTheChannelLosesWhatWasHeldBack()
    {
        var former = await OpenAsync(Grain, "p");
        var early = Grain.PublishAsync(Following(former, 2, "b"));

        await OpenAsync(Grain, "q");

        Assert.Equal(PublishStatus.Superseded, (await early.WithinTest("the answer")).Status);
    }

    [Fact]
    public async Task WhatIsHeldBackGoesWithItsSession()
    {
        var opened = await OpenAsync(Grain, "p");
        var early = Grain.PublishAsync(Following(opened, 2, "b"));

        await Grain.ClosePublisherAsync(opened.Session, isEnd: false).WithinTest("the close");

        await Assert.ThrowsAsync<TimeoutException>(() => early.WithinTest("the answer"));
    }

    private static PublishRequest Following(PublisherOpened opened, long sequence, params string[] texts) =>
        new() { Session = opened.Session, PublisherId = "p", FirstSequence = sequence, Messages = Messages.Texts(texts), FollowsUnstored = true };

    private static Task<PublisherOpened> OpenAsync(IChannelGrain grain, string publisher, bool startsAnew = false) =>
        grain.OpenPublisherAsync(new PublisherOpening { PublisherId = publisher, GatewayId = "g", StartsAnew = startsAnew }).WithinTest($"{publisher} to open the channel");

    private static Task<PublishResult> PublishAsync(IChannelGrain grain, params string[] texts) => PublishAsync(grain, null, "", 0, texts);

    private static Task<PublishResult> PublishAsync(IChannelGrain grain, PublisherOpened? opened, string publisher, long sequence, params string[] texts) =>
        grain.PublishAsync(new PublishRequest { Session = opened?.Session ?? 0, PublisherId = publisher, FirstSequence = sequence, Messages = Messages.Texts(texts) })
            .WithinTest("the publish");
}
