using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

/// <summary>What a channel knows after the silo was stopped and started again.</summary>
public sealed class ChannelRestartTests : IAsyncLifetime
{
    private const string Name = "chess";

    private RelayHost _relay = null!;

    private IChannelGrain Grain => _relay.Channel(Name);

    public async Task InitializeAsync() => _relay = await RelayHost.StartAsync("Channels:Default:PublisherLease=00:00:01");

    public async Task DisposeAsync() => await _relay.DisposeAsync();

    [Fact]
    public async Task AGracefulStopKeepsTheBufferAndItsEpoch()
    {
        await PublishAsync("a", "b");
        await Grain.SetOverridesAsync(new ChannelOverrides { HistoryMessages = 1 });
        var before = await Grain.GetStateAsync();

        await _relay.RestartAsync();

        var after = await Grain.GetStateAsync();
        Assert.Equal((before.Epoch, 2, 2), (after.Epoch, after.Head, after.FirstHeld));
        Assert.Equal(["b"], (await Grain.ReadHistoryAsync(1, 10)).Messages.Texts());
        Assert.Equal(3, (await PublishAsync("c")).LastOffset);
    }

    [Fact]
    public async Task AGracefulStopKeepsWhatIsKnownOfPublishers()
    {
        await PublishAsync("p", 1, "a", "b");

        await _relay.RestartAsync();

        Assert.Equal(PublishStatus.Duplicate, (await PublishAsync("p", 2, "b")).Status);
    }

    [Fact]
    public async Task ABatchThatWaitsForItsPredecessorHoldsUpNoStop()
    {
        var opened = await Grain.OpenPublisherAsync(new PublisherOpening { PublisherId = "p", GatewayId = "g" });
        await PublishAsync("a");
        var before = await Grain.GetStateAsync();
        var early = Grain.PublishAsync(new PublishRequest { Session = opened.Session, PublisherId = "p", FirstSequence = 2, Messages = Messages.Texts("c"), FollowsUnstored = true });

        await _relay.RestartAsync();

        await Assert.ThrowsAsync<TimeoutException>(() => early.WithinTest("the answer"));
        Assert.Equal((before.Epoch, before.Head), ((await Grain.GetStateAsync()).Epoch, (await Grain.GetStateAsync()).Head));
    }

    [Fact]
    public async Task ALostBufferBeginsANewEpoch()
    {
        await PublishAsync("a", "b");
        await Grain.SetMetadataAsync(new ChannelMetadata { Title = "Final" });
        var before = await Grain.GetStateAsync();
        await _relay.StopAsync();

        System.IO.Directory.Delete(Path.Combine(_relay.DataDirectory, "buffer"), recursive: true);
        await _relay.RestartAsync();

        var after = await Grain.GetStateAsync();
        Assert.True(after.Epoch > before.Epoch);
        Assert.Equal((0, 1, "Final"), (after.Head, after.FirstHeld, after.Metadata.Title));
        Assert.Equal(1, (await PublishAsync("c")).LastOffset);
    }

    [Fact]
    public async Task ABufferIsTakenOutOfTheStorageOnlyOnce()
    {
        await PublishAsync("a");
        await _relay.RestartAsync();
        await Grain.GetStateAsync();

        Assert.Empty(System.IO.Directory.GetFiles(Path.Combine(_relay.DataDirectory, "buffer")));
    }

    [Fact]
    public async Task OptionsAndTextsSurvive()
    {
        var metadata = new ChannelMetadata { Title = "Final", Description = "Game 4", Game = "chess" };
        await Grain.SetMetadataAsync(metadata);
        await Grain.SetOverridesAsync(new ChannelOverrides { SlowViewers = SlowViewerPolicy.DropOldest });

        await _relay.RestartAsync();

        var state = await Grain.GetStateAsync();
        Assert.Equal((metadata, SlowViewerPolicy.DropOldest), (state.Metadata, state.Settings.SlowViewers));
    }

    [Fact]
    public async Task AStreamThatRanGoesOnAndEndsUnlessItsPublisherComesBack()
    {
        await Grain.OpenPublisherAsync(new PublisherOpening { PublisherId = "p", GatewayId = "g" });

        await _relay.RestartAsync();
        await using var ear = new ChannelEar(_relay.Services, Name);

        Assert.True((await Grain.GetStateAsync()).IsLive);
        Assert.Equal(ChannelNotice.PublisherLost, (await ear.NextNoticeAsync()).Notice);
    }

    [Fact]
    public async Task AnEndedStreamStaysEnded()
    {
        var opened = await Grain.OpenPublisherAsync(new PublisherOpening { PublisherId = "p", GatewayId = "g" });
        await Grain.ClosePublisherAsync(opened.Session, isEnd: true);
        var before = await Grain.GetStateAsync();

        await _relay.RestartAsync();

        var after = await Grain.GetStateAsync();
        Assert.Equal((false, before.StartedAt, before.EndedAt), (after.IsLive, after.StartedAt, after.EndedAt));
    }

    private Task<PublishResult> PublishAsync(params string[] texts) => PublishAsync("", 0, texts);

    private Task<PublishResult> PublishAsync(string publisher, long sequence, params string[] texts) =>
        Grain.PublishAsync(new PublishRequest { PublisherId = publisher, FirstSequence = sequence, Messages = Messages.Texts(texts) }).WithinTest("the publish");
}
