using OrleansRelay.Channels;
using OrleansRelay.Grains.Channels;

namespace OrleansRelay.Grains.Tests.Channels;

/// <summary>Starts and ends as a state, and what of it survives a restart.</summary>
public sealed class ChannelLifeTests
{
    private static readonly ChannelNotice[] Notices = [ChannelNotice.Started, ChannelNotice.Ended, ChannelNotice.Reset, ChannelNotice.PublisherLost];

    [Fact]
    public void ItsVersionGrowsAlsoWhenTheClockStandsOrGoesBack()
    {
        var life = default(ChannelLife);
        foreach (var now in (long[])[1000, 1000, 900, 1001, 5000])
        {
            var next = life.After(ChannelNotice.Started, head: 1, now);
            Assert.True(next.Version > life.Version);
            life = next;
        }

        Assert.Equal(5000, life.Version);
    }

    [Fact]
    public void AResetIsRememberedThroughWhatFollows()
    {
        var reset = default(ChannelLife).After(ChannelNotice.Reset, head: 7, now: 1000);
        var ended = reset.After(ChannelNotice.PublisherLost, head: 9, now: 2000);

        Assert.Equal((false, true, 7, 1000), (ended.IsLive, ended.IsLost, ended.ResetAfter, ended.ResetVersion));
        Assert.Equal(reset, ended.AtReset());
    }

    /// <summary>Orleans logs what a rejected message carried.</summary>
    [Fact]
    public void ItsTextEnds() => Assert.Contains("ResetAfter = 7", default(ChannelLife).After(ChannelNotice.Reset, head: 7, now: 1000).ToString(), StringComparison.Ordinal);

    [Fact]
    public void TheRecordKeepsEachOfThem()
    {
        var random = new Random(1);
        var life = default(ChannelLife);
        var record = new ChannelRecord { Epoch = 3 };
        for (var change = 1; change <= 200; change++)
        {
            life = life.After(Notices[random.Next(Notices.Length)], head: change, now: random.Next(10_000));

            record.Take(life);

            Assert.Equal(life, record.LifeIn(epoch: 3));
            Assert.Equal(life with { ResetAfter = 0 }, record.LifeIn(epoch: 4));
        }
    }
}
