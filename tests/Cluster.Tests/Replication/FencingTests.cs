using OrleansRelay.Channels;

namespace OrleansRelay.Cluster.Tests.Replication;

public sealed class FencingTests(SilosFixture silos) : IClassFixture<SilosFixture>
{
    private readonly string _channel = SilosFixture.NewChannel();

    [Fact]
    public async Task OwnerThatWasReplacedCanAcknowledgeNothing()
    {
        await silos.PublishAsync(_channel, 1, 1);
        await silos.Client.GetGrain<IReplicaGrain>(_channel).TakeOverAsync(long.MaxValue / 2);

        await Assert.ThrowsAsync<InvalidOperationException>(() => silos.Client.GetGrain<IChannelGrain>(_channel)
            .PublishAsync(new PublishRequest { PublisherId = "me", FirstSequence = 2, Messages = [SilosFixture.MessageOf(2)] }).WithinTest("the refusal"));
    }

    [Fact]
    public async Task NextOwnerGoesOnInTheSameEpochWithWhatWasAcknowledged()
    {
        var before = await silos.PublishAsync(_channel, 1, 5);
        await silos.Client.GetGrain<IReplicaGrain>(_channel).TakeOverAsync(long.MaxValue / 2);

        var after = await silos.PublishAsync(_channel, 6, 6);

        var (epoch, numbers) = await silos.ReadAsync(_channel);
        Assert.Equal((before.Epoch, before.Epoch), (after.Epoch, epoch));
        Assert.Equal([1, 2, 3, 4, 5, 6], numbers);
    }

    [Fact]
    public async Task CopyRefusesWhatAnOlderOwnerSends()
    {
        var replica = silos.Client.GetGrain<IReplicaGrain>(_channel);
        var first = await replica.TakeOverAsync(1);
        var second = await replica.TakeOverAsync(1);

        var answer = await replica.HoldAsync(new ReplicaAppend { Owner = first.Owner, Epoch = 1, FirstOffset = 1, FirstHeld = 1, Messages = [], Publishers = [], IsStart = true });

        Assert.True(second.Owner > first.Owner);
        Assert.Equal(ReplicaAnswer.Fenced, answer);
    }

    [Fact]
    public async Task CopyThatBeginsAnewForgetsPublishersToo()
    {
        var replica = silos.Client.GetGrain<IReplicaGrain>(_channel);
        var owner = (await replica.TakeOverAsync(1)).Owner;
        var line = new PublisherLine { PublisherId = "me", LastSequence = 3 };
        var append = new ReplicaAppend { Owner = owner, Epoch = 1, FirstOffset = 1, FirstHeld = 1, Messages = [SilosFixture.MessageOf(1)], Publishers = [line], IsStart = true };
        await replica.HoldAsync(append);

        await replica.HoldAsync(new ReplicaAppend { Owner = owner, Epoch = 1, FirstOffset = 1, FirstHeld = 1, Messages = [], Publishers = [], IsStart = true });

        var holding = await replica.TakeOverAsync(owner);
        Assert.Empty(holding.Publishers);
        Assert.Equal(0, holding.Head);
    }
}
