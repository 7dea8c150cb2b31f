using Microsoft.Extensions.DependencyInjection;
using OrleansRelay.Channels;
using OrleansRelay.Directory;
using OrleansRelay.Local;

namespace OrleansRelay.Grains.Tests.Channels;

/// <summary>What a channel does by the clock.</summary>
public sealed class ChannelClockTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new();
    private readonly SlowStorage _storage = new();
    private readonly string _name = RelayHost.NewChannel();
    private ChannelSilo _silo = null!;

    private IChannelGrain Grain => _silo.Channel(_name);

    public async Task InitializeAsync() => _silo = await ChannelSilo.StartAsync(
        _storage,
        SetClock,
        "Channels:Default:PublisherLease=00:00:30",
        "Channels:Default:KeepAfterEnd=00:10:00",
        "Channels:Default:DedupeFor=00:20:00",
        "Channels:Namespaces:brief:HistoryAge=00:05:00");

    public async Task DisposeAsync()
    {
        _storage.Open();
        await _silo.DisposeAsync();
    }

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
        var grain = _silo.Channel("brief/" + _name);
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
        await AdvanceUntilAsync(async () => await ListAsync() is [var listed] && listed.Channel == _name, "the channel to be listed");

        await AdvanceAsync(TimeSpan.FromMinutes(9));
        Assert.Single(await ListAsync());

        await AdvanceUntilAsync(async () => await ListAsync() is [], "the channel to be off the list");
    }

    [Fact]
    public async Task AChannelInWhichNothingHappensBeatsLessOften()
    {
        var opened = await OpenAsync();
        await AdvanceAsync(TimeSpan.FromSeconds(10), renew: opened.Session);
        var quiet = await BeatsInAMinuteAsync(() => Grain.RenewGatewayAsync(Lease(opened.Session)));
        var busy = await BeatsInAMinuteAsync(() => Grain.PublishAsync(new PublishRequest { Session = opened.Session, Messages = [ToMessage("a")] }));

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

    [Fact]
    public async Task WhatIsPublishedDirectlyToAChannelAtRestIsListedWithinASecond()
    {
        var opened = await OpenAsync();
        var host = _silo.Services.GetRequiredService<LocalChannels>().FindHost(ChannelName.Parse(_name))!;
        for (var sequence = 1; sequence <= 3; sequence++)
        {
            // Long enough for the channel to rest, and no multiple of its resting beat, which would list it anyway.
            await AdvanceAsync(TimeSpan.FromSeconds(12), renew: opened.Session);

            Assert.True(host.TryPublish(new PublishRequest { Session = opened.Session, PublisherId = "p", FirstSequence = sequence, Messages = [ToMessage("a")] }, out var answer));
            Assert.Equal(PublishStatus.Stored, (await answer).Status);
            await Grain.GetStateAsync();
            await AdvanceAsync(TimeSpan.FromSeconds(1));

            Assert.Equal(sequence, Assert.Single(await ListAsync()).Head);
        }
    }

    /// <summary>The beat runs between other calls and reads and writes what it has read before: it relies on Orleans to begin no tick before the last has ended.</summary>
    [Fact]
    public async Task ABeatThatTakesLongIsNotJoinedByTheNext()
    {
        var opened = await OpenAsync();
        await Grain.ClosePublisherAsync(opened.Session, isEnd: false);
        await AdvanceAsync(TimeSpan.FromSeconds(28));
        using var events = new GrainEvents(Grain);

        // The lease runs out, and the beat that finds it has to write the record.
        var write = _storage.Close();
        while (!write.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(write, _clock.SettledAsync()).WithinTest("the beat to end or to write");
        }

        var begun = events.Ticks;
        _clock.Advance(TimeSpan.FromMinutes(1));
        await Grain.GetStateAsync().WithinTest("a call that would come after the next beat");
        Assert.Equal(begun, events.Ticks);
        _storage.Open();
        await _clock.SettledAsync().WithinTest("the beat to end");
        await AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(begun + 1, events.Ticks);
    }

    /// <summary>The grains' timers and the time that is injected into them are the test's; Orleans's own rounds stay on the system's.</summary>
    private void SetClock(IServiceCollection services) => services
        .AddSingleton<TimeProvider>(_clock)
        .AddKeyedSingleton<TimeProvider>(TimeProviderNames.Grains, _clock)
        .AddKeyedSingleton(KeyedService.AnyKey, (_, _) => TimeProvider.System);

    private async Task<int> BeatsInAMinuteAsync(Func<Task> eachSecond)
    {
        using var events = new GrainEvents(Grain);
        for (var second = 0; second < 60; second++)
        {
            await eachSecond();
            await AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        return events.Ticks;
    }

    private static GatewayLease Lease(long session) => new() { GatewayId = "g", Viewers = 0, Sessions = [session] };

    /// <summary>Second by second, because the channel beats up to once a second, and each beat ends before the next: it is a call to the grain on another thread.</summary>
    private async Task AdvanceAsync(TimeSpan by, long? renew = null)
    {
        for (var second = 0; second < by.TotalSeconds; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await _clock.SettledAsync().WithinTest("the beat to end");
            if (renew is { } session)
            {
                await Grain.RenewGatewayAsync(Lease(session));
            }
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

    private Task<ChannelState[]> ListAsync() => _silo.Grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ListAsync();
}
