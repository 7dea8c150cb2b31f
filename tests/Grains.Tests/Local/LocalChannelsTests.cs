using OrleansRelay.Channels;
using OrleansRelay.Local;

namespace OrleansRelay.Grains.Tests.Local;

public sealed class LocalChannelsTests
{
    private static readonly ChannelName Name = ChannelName.Parse("chess");

    private readonly LocalChannels _channels = new();
    private readonly Follower _follower = new();

    [Fact]
    public void AHostIsFoundWhileItIsHere()
    {
        var host = new Host();

        var local = _channels.Enter(Name, host);

        Assert.Same(host, _channels.FindHost(Name));
        _channels.Leave(local, host);
        Assert.Null(_channels.FindHost(Name));
    }

    [Fact]
    public void AHostThatLeavesLateDoesNotTakeItsSuccessorAlong()
    {
        var (former, latter) = (new Host(), new Host());
        var local = _channels.Enter(Name, former);
        _channels.Enter(Name, latter);

        _channels.Leave(local, former);

        Assert.Same(latter, _channels.FindHost(Name));
    }

    [Fact]
    public void AFollowerHearsOfHostsThatComeAndLeaveAndGetsTheirBatches()
    {
        var host = new Host();
        _channels.Follow(Name, _follower);
        var local = _channels.Enter(Name, host);
        local.Enqueue(new ChannelBatch { Epoch = 1, FirstOffset = 1, Messages = [] });
        local.Run(mayUseThread: true);
        _channels.Leave(local, host);

        Assert.Equal(["host", "batch", "run", "host"], _follower.Heard);
    }

    [Fact]
    public void AFollowerKeepsItsPlaceFromOneHostToTheNext()
    {
        var local = _channels.Follow(Name, _follower);
        var former = new Host();
        _channels.Leave(_channels.Enter(Name, former), former);

        Assert.Same(local, _channels.Enter(Name, new Host()));
    }

    [Fact]
    public void NothingIsKeptOfAChannelThatNobodyUses()
    {
        var local = _channels.Follow(Name, _follower);

        _channels.Unfollow(local, _follower);

        Assert.NotSame(local, _channels.Follow(Name, _follower));
    }

    private sealed class Host : IHostedChannel
    {
        public bool TryPublish(PublishRequest request, out ValueTask<PublishResult> answer) => throw new NotSupportedException();
    }

    private sealed class Follower : IChannelFollower
    {
        public List<string> Heard { get; } = [];

        public void Enqueue(ChannelBatch batch) => Heard.Add("batch");

        public void Run(bool mayUseThread) => Heard.Add("run");

        public void HostChanged() => Heard.Add("host");
    }
}
