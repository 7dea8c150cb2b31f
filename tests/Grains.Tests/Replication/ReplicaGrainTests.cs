using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using OrleansRelay.Channels;
using OrleansRelay.Directory;
using OrleansRelay.Grains.Tests.Channels;

namespace OrleansRelay.Grains.Tests.Replication;

public sealed class ReplicaGrainTests
{
    /// <summary>A channel calls its second copy at each commit only; in between, the copy relies on <c>DelayDeactivation</c> to outlive what Orleans collects.</summary>
    [Fact]
    public async Task ACopyStaysWhileUnusedGrainsGo()
    {
        await using var silo = await ChannelSilo.StartAsync(new SlowStorage(), services => services.Configure<GrainCollectionOptions>(collection =>
        {
            collection.CollectionQuantum = TimeSpan.FromMilliseconds(200);
            collection.CollectionAge = TimeSpan.FromMilliseconds(400);
        }));
        var copy = silo.Grains.GetGrain<IReplicaGrain>(RelayHost.NewChannel());
        var unused = silo.Grains.GetGrain<IDirectoryGrain>(RelayHost.NewChannel());
        using var eventsOfCopy = new GrainEvents(copy);
        using var eventsOfUnused = new GrainEvents(unused);

        await copy.HoldAsync(new ReplicaAppend { Owner = 1, Epoch = 1, FirstOffset = 1, FirstHeld = 1, Messages = Messages.Texts("a"), Publishers = [], IsStart = true });
        await unused.ListAsync();

        await eventsOfUnused.Deactivated.WithinTest("the unused grain to go");
        Assert.False(eventsOfCopy.Deactivating.IsCompleted);
        Assert.Equal(["a"], (await copy.ReadAsync(1, 9)).Messages.Texts());
    }
}
