using OrleansRelay.Channels;
using OrleansRelay.Directory;

namespace OrleansRelay.Grains.Tests.Directory;

public sealed class DirectoryGrainTests(RelayFixture fixture) : IClassFixture<RelayFixture>
{
    // A directory of the test's own: the product has only one.
    private readonly string _key = RelayHost.NewChannel();

    private IDirectoryGrain Grain => fixture.Relay.Grains.GetGrain<IDirectoryGrain>(_key);

    [Fact]
    public async Task LiveChannelsComeFirstAndAmongThemTheMostWatched()
    {
        await Grain.ReportAsync(State("ended", isLive: false, viewers: 9), isListed: true);
        await Grain.ReportAsync(State("quiet", isLive: true, viewers: 1), isListed: true);
        await Grain.ReportAsync(State("b-busy", isLive: true, viewers: 5), isListed: true);
        await Grain.ReportAsync(State("a-busy", isLive: true, viewers: 5), isListed: true);

        Assert.Equal(["a-busy", "b-busy", "quiet", "ended"], (await Grain.ListAsync()).Select(state => state.Channel));
    }

    [Fact]
    public async Task TheLastReportCounts()
    {
        await Grain.ReportAsync(State("a", isLive: true, viewers: 1), isListed: true);
        await Grain.ReportAsync(State("a", isLive: true, viewers: 2), isListed: true);

        Assert.Equal(2, Assert.Single(await Grain.ListAsync()).Viewers);
    }

    [Fact]
    public async Task AChannelThatIsNotListedAnyMoreIsGone()
    {
        await Grain.ReportAsync(State("a", isLive: true, viewers: 1), isListed: true);
        await Grain.ReportAsync(State("a", isLive: false, viewers: 0), isListed: false);

        Assert.Empty(await Grain.ListAsync());
    }

    private static ChannelState State(string channel, bool isLive, int viewers) => new()
    {
        Channel = channel,
        Epoch = 1,
        Head = 0,
        FirstHeld = 1,
        HeldBytes = 0,
        IsLive = isLive,
        Viewers = viewers,
        Metadata = new ChannelMetadata(),
        Settings = new ChannelSettings { MaxMessageBytes = 1, ViewerQueueBytes = 1, ViewerQueueMessages = 1, SlowViewers = SlowViewerPolicy.Disconnect },
    };
}
