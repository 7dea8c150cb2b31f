using OrleansRelay.Channels;
using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Cluster.Tests.Replication;

/// <summary>A silo that stops leaves its channels to their copies. Each test stops silos, so each has a cluster of its own.</summary>
public sealed class HandOverTests : IAsyncLifetime
{
    private readonly SilosFixture _silos = new();
    private readonly string _channel = SilosFixture.NewChannel();

    private IChannelGrain Channel => _silos.Client.GetGrain<IChannelGrain>(_channel);

    private IReplicaGrain Copy => _silos.Client.GetGrain<IReplicaGrain>(_channel);

    public Task InitializeAsync() => _silos.InitializeAsync();

    public Task DisposeAsync() => _silos.DisposeAsync();

    [Fact]
    public async Task ChannelOfAStoppingSiloGoesOnFromItsCopyAndNotFromTheDatabase()
    {
        var before = await _silos.PublishAsync(_channel, 1, 50);

        await _silos.Cluster.StopSiloAsync(await _silos.SiloOfAsync(Channel)).WithinTest("the silo to stop");

        Assert.False(_silos.IsStored(StoredBuffer.StateName, Channel));
        var after = await _silos.PublishAsync(_channel, 51, 60);
        Assert.Equal((before.Epoch, 60), (after.Epoch, after.LastOffset));
        Assert.Equal(Enumerable.Range(1, 60).Select(number => (long)number), (await _silos.ReadAsync(_channel)).Numbers);
    }

    [Fact]
    public async Task ChannelThatNobodyUsesWakesAndHasTwoCopiesAgain()
    {
        await _silos.PublishAsync(_channel, 1, 5);
        await _silos.Cluster.KillSiloAsync(await _silos.SiloOfAsync(Channel)).WithinTest("the silo to die");
        var holding = await Copy.TakeOverAsync(0).WithinTest("the copy");
        Assert.True(await Copy.HandOverAsync(holding.Owner, holding.Epoch, holding.Head).WithinTest("the hand-over"));

        // Killed after a while in which nobody called: what the channel had must be on the silo that is left.
        // The copy is not asked before it is there: the question would make one, anywhere.
        await AsksAsync(async () => await HomeAsync() is { } home && await CopyHomeAsync() is { } copy && !home.Equals(copy) && (await Copy.ReadAsync(1, 5)).Messages.Length == 5);
        await _silos.Cluster.KillSiloAsync(await _silos.SiloOfAsync(Channel)).WithinTest("the silo to die");
        await _silos.PublishAsync(_channel, 6, 6);

        Assert.Equal(Enumerable.Range(1, 6).Select(number => (long)number), (await _silos.ReadAsync(_channel)).Numbers);
    }

    [Fact]
    public async Task CopyThatKeepsAChannelAloneStoresItWhenItsSiloStopsToo()
    {
        var before = await _silos.PublishAsync(_channel, 1, 5);
        await _silos.Cluster.KillSiloAsync(await _silos.SiloOfAsync(Channel)).WithinTest("the silo to die");
        var holding = await Copy.TakeOverAsync(0).WithinTest("the copy");
        Assert.True(await Copy.HandOverAsync(holding.Owner, holding.Epoch, holding.Head).WithinTest("the hand-over"));

        await _silos.Cluster.StopSiloAsync(await _silos.SiloOfAsync(Copy)).WithinTest("the second silo to stop");

        var after = await _silos.PublishAsync(_channel, 6, 6);
        Assert.Equal(before.Epoch, after.Epoch);
        Assert.Equal(Enumerable.Range(1, 6).Select(number => (long)number), (await _silos.ReadAsync(_channel)).Numbers);
    }

    [Fact]
    public async Task CopyThatLacksSomethingKeepsNoChannel()
    {
        await _silos.PublishAsync(_channel, 1, 5);
        var holding = await Copy.TakeOverAsync(0).WithinTest("the copy");

        Assert.False(await Copy.HandOverAsync(holding.Owner, holding.Epoch, holding.Head + 1).WithinTest("the answer"));
        Assert.False(await Copy.HandOverAsync(holding.Owner, holding.Epoch + 1, holding.Head).WithinTest("the answer"));
        Assert.False(await Copy.HandOverAsync(holding.Owner - 1, holding.Epoch, holding.Head).WithinTest("the answer"));
    }

    private async Task<SiloAddress?> HomeAsync() => await _silos.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(Channel).AsTask().WithinTest("the channel's place");

    private async Task<SiloAddress?> CopyHomeAsync() => await _silos.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(Copy).AsTask().WithinTest("the copy's place");

    private static async Task AsksAsync(Func<Task<bool>> isSo)
    {
        await RepeatAsync().WithinTest("two copies");

        async Task RepeatAsync()
        {
            while (!await isSo())
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }
}
