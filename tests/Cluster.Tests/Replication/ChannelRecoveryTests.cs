using OrleansRelay.Channels;

namespace OrleansRelay.Cluster.Tests.Replication;

/// <summary>Each test kills a silo, so each has a cluster of its own.</summary>
public sealed class ChannelRecoveryTests : IAsyncLifetime
{
    private readonly SilosFixture _silos = new();
    private readonly string _channel = SilosFixture.NewChannel();

    public Task InitializeAsync() => _silos.InitializeAsync();

    public Task DisposeAsync() => _silos.DisposeAsync();

    [Fact]
    public async Task ChannelWhoseSiloIsKilledComesBackInItsEpochWithAllThatWasAcknowledged()
    {
        var before = await _silos.PublishAsync(_channel, 1, 50);
        var silo = await _silos.SiloOfAsync(_silos.Client.GetGrain<IChannelGrain>(_channel));

        await _silos.Cluster.KillSiloAsync(silo).WithinTest("the silo to die");
        var after = await _silos.PublishAsync(_channel, 51, 60);

        var (epoch, numbers) = await _silos.ReadAsync(_channel);
        Assert.Equal(before.Epoch, after.Epoch);
        Assert.Equal(before.Epoch, epoch);
        Assert.Equal(Enumerable.Range(1, 60).Select(number => (long)number), numbers);
    }

    [Fact]
    public async Task MessageThatIsSentAgainAfterTheCrashIsStoredOnce()
    {
        var before = await _silos.PublishAsync(_channel, 1, 10);
        var silo = await _silos.SiloOfAsync(_silos.Client.GetGrain<IChannelGrain>(_channel));

        await _silos.Cluster.KillSiloAsync(silo).WithinTest("the silo to die");
        var again = await _silos.PublishAsync(_channel, 10, 10);

        Assert.Equal((PublishStatus.Duplicate, before.LastOffset), (again.Status, again.LastOffset));
    }

    [Fact]
    public async Task CopyIsOnAnotherSiloAndIsMadeAgainWhenThatDies()
    {
        await _silos.PublishAsync(_channel, 1, 20);
        var replica = _silos.Client.GetGrain<IReplicaGrain>(_channel);
        var home = await _silos.SiloOfAsync(_silos.Client.GetGrain<IChannelGrain>(_channel));
        var copy = await _silos.SiloOfAsync(replica);
        Assert.NotEqual(home.SiloAddress, copy.SiloAddress);

        await _silos.Cluster.KillSiloAsync(copy).WithinTest("the silo to die");
        await _silos.PublishAsync(_channel, 21, 21);

        var copyNow = await _silos.SiloOfAsync(replica);
        var held = await replica.ReadAsync(1, long.MaxValue).WithinTest("what the copy holds");
        Assert.NotEqual(home.SiloAddress, copyNow.SiloAddress);
        Assert.NotEqual(copy.SiloAddress, copyNow.SiloAddress);
        Assert.Equal(21, held.Head);
        Assert.Equal(21, held.Messages.Length);
    }
}
