using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

/// <summary>A channel over a storage that is slow or away.</summary>
public sealed class ChannelStorageTests : IAsyncLifetime
{
    private readonly SlowStorage _storage = new();
    private readonly string _name = RelayHost.NewChannel();
    private ChannelSilo _silo = null!;

    private IChannelGrain Grain => _silo.Channel(_name);

    public async Task InitializeAsync() => _silo = await ChannelSilo.StartAsync(_storage, configure: null, "Channels:Default:PublisherLease=00:00:01");

    public async Task DisposeAsync()
    {
        _storage.Open();
        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task TheEndOfAStreamWaitsForAWriteThatIsUnderWay()
    {
        await using var ear = new ChannelEar(_silo.Services, _name);
        var opened = await Grain.OpenPublisherAsync(new PublisherOpening { PublisherId = "p", GatewayId = "g" });
        await Grain.ClosePublisherAsync(opened.Session, isEnd: false);
        Assert.Equal(ChannelNotice.Started, (await ear.NextNoticeAsync()).Notice);

        // The lease runs out while the title is being written: the beat runs between other turns, and has the record to write as well.
        _ = _storage.Close();
        var titled = Grain.SetMetadataAsync(new ChannelMetadata { Title = "Final" });
        Assert.Equal(ChannelNotice.PublisherLost, (await ear.NextNoticeAsync()).Notice);
        _storage.Open();

        await titled.WithinTest("the title to be stored");
        await Grain.SetMetadataAsync(new ChannelMetadata { Title = "Final 2" }).WithinTest("another title to be stored");
        Assert.Equal((1, 0), (_storage.MostWritesAtOnce, _storage.Conflicts));
        var state = await Grain.GetStateAsync();
        Assert.True(state.EndedAt > 0);
        Assert.Equal("Final 2", state.Metadata.Title);
    }

    [Fact]
    public async Task AStorageThatIsAwayDoesNotKeepAStreamFromRunning()
    {
        await Grain.GetStateAsync();
        await using var ear = new ChannelEar(_silo.Services, _name);
        _storage.IsAway = true;

        var opened = await Grain.OpenPublisherAsync(new PublisherOpening { PublisherId = "p", GatewayId = "g" });
        await Grain.PublishAsync(new PublishRequest { Session = opened.Session, PublisherId = "p", FirstSequence = 1, Messages = Messages.Texts("a") });
        await Grain.ClosePublisherAsync(opened.Session, isEnd: true);

        Assert.Equal((ChannelNotice.Started, 1), await ear.NextNoticeAsync());
        Assert.Equal((ChannelNotice.Ended, 2), await ear.NextNoticeAsync());
        await Assert.ThrowsAnyAsync<Exception>(() => Grain.SetMetadataAsync(new ChannelMetadata { Title = "Final" }));
        _storage.IsAway = false;
    }

    /// <summary>What <c>[AlwaysInterleave]</c> on <see cref="IChannelGrain.PublishAsync"/> is for: no other call makes a publisher wait.</summary>
    [Fact]
    public async Task APublishDoesNotWaitForACallThatIsBeingStored()
    {
        var opened = await Grain.OpenPublisherAsync(new PublisherOpening { PublisherId = "p", GatewayId = "g" });
        var write = _storage.Close();
        var titled = Grain.SetMetadataAsync(new ChannelMetadata { Title = "Final" });
        await write.WithinTest("the title to be written");

        var result = await Grain.PublishAsync(new PublishRequest { Session = opened.Session, Messages = Messages.Texts("a") }).WithinTest("the publish");

        Assert.Equal(PublishStatus.Stored, result.Status);
        Assert.False(titled.IsCompleted);
        _storage.Open();
        await titled.WithinTest("the title to be stored");
    }
}
