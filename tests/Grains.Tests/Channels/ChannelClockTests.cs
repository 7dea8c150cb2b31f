using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrleansRelay.Channels;
using OrleansRelay.Directory;
using OrleansRelay.Grains.Hosting;

namespace OrleansRelay.Grains.Tests.EmbeddedOnly;

/// <summary>What a channel does by the clock. Only the Embedded engine has all its timers on the host's clock; the grain is the same on both.</summary>
public sealed class ChannelClockTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new();
    private SiloHost _silo = null!;

    private IChannelGrain Grain => Channel("chess");

    /// <summary>Memory storage: files take real time, in which a clock that is turned by hand would run far ahead.</summary>
    public async Task InitializeAsync() => _silo = await SiloHost.StartAsync(silo =>
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Channels:Default:PublisherLease"] = "00:00:30",
            ["Channels:Default:KeepAfterEnd"] = "00:10:00",
            ["Channels:Default:DedupeFor"] = "00:20:00",
            ["Channels:Namespaces:brief:HistoryAge"] = "00:05:00",
        });
        silo.Services.AddSingleton<TimeProvider>(_clock).AddMetrics().AddRelayGrains(settings.Build());
        silo.AddMemoryGrainStorage(ChannelStreams.Storage).AddMemoryStreams(ChannelStreams.Provider);
    });

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task TheBufferIsKeptForAWhileAfterTheEnd()
    {
        await PublishAndEndAsync("a", "b");

        await AdvanceAsync(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await Grain.GetStateAsync()).FirstHeld);
        await AdvanceUntilAsync(async () => (await Grain.GetStateAsync()).FirstHeld == 3, "the buffer to go");

        var state = await Grain.GetStateAsync();
        Assert.Equal((2, 0), (state.Head, state.HeldBytes));
    }

    [Fact]
    public async Task AStreamThatStartsAgainInTimeKeepsItsBuffer()
    {
        await PublishAndEndAsync("a");
        await AdvanceAsync(TimeSpan.FromMinutes(9));

        var opened = await OpenAsync();
        await AdvanceAsync(TimeSpan.FromMinutes(5), renew: opened.Session);

        Assert.Equal(1, (await Grain.GetStateAsync()).FirstHeld);
    }

    [Fact]
    public async Task OldMessagesGo()
    {
        var grain = Channel("brief/chess");
        await grain.PublishAsync(new PublishRequest { Messages = [ToMessage("old")] });
        await AdvanceAsync(TimeSpan.FromMinutes(4));
        await grain.PublishAsync(new PublishRequest { Messages = [ToMessage("new")] });
        await AdvanceAsync(TimeSpan.FromSeconds(61));

        Assert.Equal(["new"], (await grain.ReadHistoryAsync(1, 9)).Messages.Texts());
    }

    [Fact]
    public async Task AChannelFedByHttpIsLiveForOneLeaseAfterEachPublish()
    {
        await PublishAsync("a");
        await AdvanceAsync(TimeSpan.FromSeconds(29));
        Assert.True((await Grain.GetStateAsync()).IsLive);
        await PublishAsync("b");
        await AdvanceAsync(TimeSpan.FromSeconds(29));
        Assert.True((await Grain.GetStateAsync()).IsLive);

        await AdvanceUntilAsync(async () => !(await Grain.GetStateAsync()).IsLive, "the end");
    }

    [Fact]
    public async Task AGatewayThatIsSilentForItsLeaseLosesItsViewersAndItsPublisher()
    {
        await Grain.RenewGatewayAsync(new GatewayLease { GatewayId = "g", Viewers = 3, Sessions = [] });
        await OpenAsync();
        Assert.Equal(3, (await Grain.GetStateAsync()).Viewers);

        await AdvanceUntilAsync(async () => (await Grain.GetStateAsync()).Viewers == 0, "the gateway to be given up");
        await AdvanceAsync(TimeSpan.FromSeconds(29));
        Assert.True((await Grain.GetStateAsync()).IsLive);

        await AdvanceUntilAsync(async () => !(await Grain.GetStateAsync()).IsLive, "the end");
    }

    [Fact]
    public async Task APublisherThatLeftIsForgottenInTime()
    {
        await PublishAsync("a", publisher: "p", sequence: 1);
        await AdvanceAsync(TimeSpan.FromMinutes(19));
        Assert.Equal(PublishStatus.Duplicate, (await PublishAsync("a", publisher: "p", sequence: 1)).Status);

        await AdvanceUntilAsync(async () => (await PublishAsync("a", publisher: "p", sequence: 1)).Status == PublishStatus.Stored, "the publisher to be forgotten");
    }

    [Fact]
    public async Task ALiveChannelIsListedAndAnEmptyOneIsNot()
    {
        await PublishAndEndAsync("a");
        await AdvanceUntilAsync(async () => await ListAsync() is [{ Channel: "chess" }], "the channel to be listed");

        await AdvanceAsync(TimeSpan.FromMinutes(9));
        Assert.Single(await ListAsync());

        await AdvanceUntilAsync(async () => await ListAsync() is [], "the channel to be off the list");
    }

    [Fact]
    public async Task AChannelInWhichNothingHappensBeatsLessOften()
    {
        var opened = await OpenAsync();
        await AdvanceAsync(TimeSpan.FromSeconds(10), renew: opened.Session);
        var quiet = await FiredInAMinuteAsync(() => Grain.RenewGatewayAsync(Lease(opened.Session)));
        var busy = await FiredInAMinuteAsync(() => Grain.PublishAsync(new PublishRequest { Session = opened.Session, Messages = [ToMessage("a")] }));

        Assert.Equal(60 - (60 / 5), busy - quiet);
    }

    [Fact]
    public async Task AQuietChannelEndsWithinASecondOfItsPublishersLease()
    {
        var opened = await OpenAsync();
        await AdvanceAsync(TimeSpan.FromSeconds(62), renew: opened.Session);
        await Grain.ClosePublisherAsync(opened.Session, isEnd: false);

        await AdvanceAsync(TimeSpan.FromSeconds(29));
        Assert.Equal(0, (await Grain.GetStateAsync()).EndedAt);
        await AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.NotEqual(0, (await Grain.GetStateAsync()).EndedAt);
    }

    [Fact]
    public async Task WhatIsNewOfAChannelAtRestIsListedWithinASecond()
    {
        await PublishAndEndAsync("a");
        await AdvanceAsync(TimeSpan.FromSeconds(60));

        await Grain.SetMetadataAsync(new ChannelMetadata { Title = "Finals", Game = "" });
        await AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("Finals", Assert.Single(await ListAsync()).Metadata.Title);
    }

    private async Task<int> FiredInAMinuteAsync(Func<Task> eachSecond)
    {
        var before = _clock.Fired;
        for (var second = 0; second < 60; second++)
        {
            await eachSecond();
            await AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        return _clock.Fired - before;
    }

    private static GatewayLease Lease(long session) => new() { GatewayId = "g", Viewers = 0, Sessions = [session] };

    private IChannelGrain Channel(string name) => _silo.Client.GetGrain<IChannelGrain>(name);

    /// <summary>
    /// Second by second, because the channel beats up to once a second, and each beat has ended before the next: it waits for other grains on real
    /// threads, and half a minute of the clock could pass meanwhile.
    /// </summary>
    private async Task AdvanceAsync(TimeSpan by, long? renew = null)
    {
        var armed = _clock.Armed;
        for (var second = 0; second < by.TotalSeconds; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await BeatEndedAsync(armed).WithinTest("the beat to end");
            if (renew is { } session)
            {
                await Grain.RenewGatewayAsync(Lease(session));
            }

            await Grain.GetStateAsync().WithinTest("the channel, which would fall asleep");
        }
    }

    private async Task BeatEndedAsync(int armed)
    {
        while (_clock.Armed < armed)
        {
            await Task.Yield();
        }
    }

    /// <summary>What is due is looked at by the beat, so it may be late by one, though never early.</summary>
    private async Task AdvanceUntilAsync(Func<Task<bool>> hasHappened, string what)
    {
        for (var second = 0; !await hasHappened().WithinTest(what); second++)
        {
            Assert.True(second < 600, $"Ten minutes passed on the clock without {what}.");
            await AdvanceAsync(TimeSpan.FromSeconds(1));
        }
    }

    private async Task PublishAndEndAsync(params string[] texts)
    {
        var opened = await OpenAsync();
        await Grain.PublishAsync(new PublishRequest { Session = opened.Session, Messages = [.. texts.Select(ToMessage)] });
        await Grain.ClosePublisherAsync(opened.Session, isEnd: true);
    }

    private Task<PublisherOpened> OpenAsync() => Grain.OpenPublisherAsync(new PublisherOpening { PublisherId = "p", GatewayId = "g" });

    private Task<PublishResult> PublishAsync(string text, string publisher = "", long sequence = 0) => Grain.PublishAsync(new PublishRequest
    {
        PublisherId = publisher,
        FirstSequence = sequence,
        Messages = [ToMessage(text)],
    });

    private Message ToMessage(string text) => Messages.Text(text, publishedAt: _clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000);

    private Task<ChannelState[]> ListAsync() => _silo.Client.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ListAsync();
}
