using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using OrleansRelay.Channels;
using OrleansRelay.Local;

namespace OrleansRelay.Grains.Tests.Channels;

/// <summary>Publishers of the same process store on their own threads; the order, the acknowledgements and the end are the same as with grain calls.</summary>
public sealed class DirectPublishTests(RelayFixture fixture) : IClassFixture<RelayFixture>
{
    private readonly string _name = "shared/" + RelayHost.NewChannel();

    private IChannelGrain Grain => fixture.Relay.Channel(_name);

    private IHostedChannel? Host => fixture.Relay.Services.GetRequiredService<LocalChannels>().FindHost(ChannelName.Parse(_name));

    [Fact]
    public async Task ItIsStoredAndHandedOverWhenTheCallReturns()
    {
        var opened = await OpenAsync("p");
        await using var ear = new ChannelEar(fixture.Relay.Services, _name);

        Assert.True(Host!.TryPublish(Request(opened, "p", 1, "a"), out var answer));

        Assert.True(answer.IsCompletedSuccessfully);
        var result = await answer;
        Assert.Equal((PublishStatus.Stored, 1, 1), (result.Status, result.LastOffset, result.LastSequence));
        Assert.Equal(["a"], (await ear.NextAsync()).Messages.Texts());
    }

    [Fact]
    public async Task ItIsJudgedAsACallIs()
    {
        var opened = await OpenAsync("p");
        await PublishAsync(Request(opened, "p", 1, "a", "b"));

        Assert.Equal((PublishStatus.Duplicate, 2), Seen(await PublishAsync(Request(opened, "p", 2, "b"))));
        Assert.Equal((PublishStatus.Stored, 3), Seen(await PublishAsync(Request(opened, "p", 2, "b", "c"))));
        Assert.Equal((PublishStatus.SequenceGap, 3), Seen(await PublishAsync(Request(opened, "p", 9, "j"))));
        Assert.Equal((PublishStatus.UnknownSession, 0), Seen(await PublishAsync(Request(opened with { Session = 5 }, "p", 4, "d"))));
        Assert.Equal(["a", "b", "c"], (await Grain.ReadHistoryAsync(1, 9)).Messages.Texts());

        static (PublishStatus Status, long LastOffset) Seen(PublishResult result) => (result.Status, result.LastOffset);
    }

    [Fact]
    public async Task ABatchThatOvertookTheOneBeforeItWaitsForIt()
    {
        var opened = await OpenAsync("p");
        await PublishAsync(Request(opened, "p", 1, "a"));

        Host!.TryPublish(new PublishRequest { Session = opened.Session, PublisherId = "p", FirstSequence = 3, Messages = Messages.Texts("c"), FollowsUnstored = true }, out var early);
        await Grain.GetStateAsync();
        Assert.False(early.IsCompleted);
        await PublishAsync(Request(opened, "p", 2, "b"));

        Assert.Equal(3, (await early.AsTask().WithinTest("the early batch")).LastOffset);
        Assert.Equal(["a", "b", "c"], (await Grain.ReadHistoryAsync(1, 9)).Messages.Texts());
    }

    [Fact]
    public async Task PublishersOnManyThreadsAndCallersOfTheGrainGetOneOrder()
    {
        const int publishers = 4, each = 300;
        await OpenAsync("first");
        await using var ear = new ChannelEar(fixture.Relay.Services, _name);

        await Task.WhenAll(Enumerable.Range(0, publishers).Select(number => Task.Run(() => PublishAllAsync($"p{number}", isDirect: number % 2 == 0)))
            .Append(Task.Run(ReadOftenAsync))).WithinTest("all to be stored");

        List<string> heard = [];
        while (heard.Count < publishers * each)
        {
            var batch = await ear.NextAsync();
            Assert.Equal(heard.Count + 1, batch.FirstOffset);
            heard.AddRange(batch.Messages.Texts());
        }

        Assert.Equal(await ReadAllAsync(), heard);
        Assert.All(heard.GroupBy(text => text.Split(':')[0]), own => Assert.Equal(Enumerable.Range(1, each), own.Select(text => int.Parse(text.Split(':')[1]))));

        async Task PublishAllAsync(string publisher, bool isDirect)
        {
            var opened = await OpenAsync(publisher);
            for (var sequence = 1; sequence <= each; sequence++)
            {
                var request = Request(opened, publisher, sequence, $"{publisher}:{sequence}");
                Assert.Equal(PublishStatus.Stored, (await (isDirect ? PublishAsync(request) : Grain.PublishAsync(request))).Status);
            }
        }

        async Task ReadOftenAsync()
        {
            for (var count = 0; count < 200; count++)
            {
                var page = await Grain.ReadHistoryAsync(1, long.MaxValue);
                Assert.Equal(page.Head - page.FirstOffset + 1, page.Messages.Length);
            }
        }
    }

    [Fact]
    public async Task NothingAcknowledgedIsLostWhenTheActivationLeavesAgainAndAgain()
    {
        const int messages = 2000;
        var opened = await OpenAsync("p");
        using var over = new CancellationTokenSource();
        var leaving = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                await Grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
                await Grain.GetStateAsync();
            }
        });

        for (var sequence = 1; sequence <= messages; sequence++)
        {
            while (await PublishAsync(Request(opened, "p", sequence, $"{sequence}")) is { Status: not PublishStatus.Stored } refused)
            {
                Assert.Equal(PublishStatus.UnknownSession, refused.Status);
                opened = await OpenAsync("p");
            }
        }

        await over.CancelAsync();
        await leaving.WithinTest("the last end");
        Assert.Equal(Enumerable.Range(1, messages).Select(sequence => $"{sequence}"), await ReadAllAsync());
    }

    /// <summary>As a gateway does it: directly, or by a call when the activation is not there.</summary>
    private async Task<PublishResult> PublishAsync(PublishRequest request) =>
        await (Host is { } host && host.TryPublish(request, out var answer) ? answer.AsTask() : Grain.PublishAsync(request)).WithinTest("a publish to be answered");

    private Task<PublisherOpened> OpenAsync(string publisher) => Grain.OpenPublisherAsync(new PublisherOpening { PublisherId = publisher, GatewayId = "g" });

    private static PublishRequest Request(PublisherOpened opened, string publisher, long sequence, params string[] texts) =>
        new() { Session = opened.Session, PublisherId = publisher, FirstSequence = sequence, Messages = Messages.Texts(texts) };

    private async Task<string[]> ReadAllAsync()
    {
        List<string> texts = [];
        while (await Grain.ReadHistoryAsync(texts.Count + 1, long.MaxValue) is { Messages.Length: > 0 } page)
        {
            texts.AddRange(page.Messages.Texts());
        }

        return [.. texts];
    }
}
