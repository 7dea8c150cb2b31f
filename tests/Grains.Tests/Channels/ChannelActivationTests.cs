using Orleans.Core.Internal;
using Orleans.Storage;
using OrleansRelay.Channels;
using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

/// <summary>How one activation of a channel follows another: what <see cref="ChannelGrain"/> relies on when it hands its buffer on through the storage.</summary>
public sealed class ChannelActivationTests : IAsyncLifetime
{
    private readonly SlowStorage _storage = new();
    private readonly string _name = RelayHost.NewChannel();
    private ChannelSilo _silo = null!;

    private IChannelGrain Grain => _silo.Channel(_name);

    public async Task InitializeAsync() => _silo = await ChannelSilo.StartAsync(_storage);

    public async Task DisposeAsync()
    {
        _storage.Open();
        await _silo.DisposeAsync();
    }

    /// <summary>The activation stores its buffer when it ends, and the next one takes it out of the storage when it begins: never the other way round.</summary>
    [Fact]
    public async Task ACallDuringTheEndWaitsForTheNextActivation()
    {
        await PublishAsync("a");
        var before = await Grain.GetStateAsync();
        var write = _storage.Close();
        await DeactivateAsync();
        Assert.Equal(StoredBuffer.StateName, await write.WithinTest("the buffer to be written"));

        var call = Grain.GetStateAsync();

        Assert.False(call.IsCompleted);
        _storage.Open();
        var after = await call.WithinTest("the next activation's answer");
        Assert.Equal((before.Epoch, before.Head), (after.Epoch, after.Head));
        Assert.True(after.RosterId > before.RosterId);
    }

    /// <summary>The end stores what the activation knows, so no call may go on after it.</summary>
    [Fact]
    public async Task ACallThatRunsEndsBeforeTheActivationDoes()
    {
        await PublishAsync("a");
        using var events = new GrainEvents(Grain);
        var write = _storage.Close();
        var titled = Grain.SetMetadataAsync(new ChannelMetadata { Title = "Final" });
        await write.WithinTest("the title to be written");

        var stopped = _silo.StopAsync();

        await events.Deactivating.WithinTest("the silo to end its channels");
        Assert.False(titled.IsCompleted);
        _storage.Open();
        await titled.WithinTest("the title to be stored");
        await stopped;
        Assert.Equal((1, 0), (_storage.MostWritesAtOnce, _storage.Conflicts));
    }

    /// <summary>A storage that is away for a while costs calls and nothing else: gateways make them again, and the channel wakes with its buffer.</summary>
    [Fact]
    public async Task AnActivationThatFailedIsTriedAgainByTheNextCall()
    {
        await PublishAsync("a");
        var before = await Grain.GetStateAsync();
        using var events = new GrainEvents(Grain);
        await DeactivateAsync();
        await events.Deactivated.WithinTest("the channel to sleep");
        _storage.IsAway = true;
        await Assert.ThrowsAsync<OrleansException>(() => Grain.GetStateAsync().WithinTest("the call that fails"));
        _storage.IsAway = false;

        var after = await Grain.GetStateAsync().WithinTest("the next call");

        Assert.Equal((before.Epoch, before.Head), (after.Epoch, after.Head));
    }

    /// <summary>Two silos can hold one channel while each thinks the other dead. The one whose record is out of date ends and reads it anew.</summary>
    [Fact]
    public async Task AnActivationWhoseRecordWasChangedByAnotherEnds()
    {
        await PublishAsync("a");
        await SetTitleBehindTheActivationAsync("theirs");

        await Assert.ThrowsAsync<InconsistentStateException>(() => Grain.SetMetadataAsync(new ChannelMetadata { Title = "mine" }).WithinTest("the write that conflicts"));

        var state = await Grain.GetStateAsync().WithinTest("the next activation's answer");
        Assert.Equal(("theirs", 1), (state.Metadata.Title, state.Head));
    }

    private async Task SetTitleBehindTheActivationAsync(string title)
    {
        var record = new GrainState<ChannelRecord>();
        await _storage.ReadStateAsync("channel", Grain.GetGrainId(), record);
        record.State = new ChannelRecord { Epoch = record.State!.Epoch, Metadata = new ChannelMetadata { Title = title } };
        await _storage.WriteStateAsync("channel", Grain.GetGrainId(), record);
    }

    private Task DeactivateAsync() => Grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle().WithinTest("the request to end");

    private Task<PublishResult> PublishAsync(string text) => Grain.PublishAsync(new PublishRequest { Messages = Messages.Texts(text) }).WithinTest("the publish");
}
