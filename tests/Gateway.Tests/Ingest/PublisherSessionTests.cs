using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansRelay.Channels;
using OrleansRelay.Gateway.Hosting;
using OrleansRelay.Gateway.Ingest;
using OrleansRelay.Gateway.Tests.Streams;
using OrleansRelay.Gateway.Tests.Viewers;
using OrleansRelay.Gateway.Wire;

namespace OrleansRelay.Gateway.Tests.Ingest;

/// <summary>A publisher's way into a channel that answers when the test says so.</summary>
public sealed class PublisherSessionTests : IDisposable
{
    private readonly AnswerWatch _watch = new(TimeProvider.System);
    private readonly FakeChannel _channel = new();
    private readonly Channel<Call> _calls = System.Threading.Channels.Channel.CreateUnbounded<Call>();

    public PublisherSessionTests() => _channel.OnPublish = request =>
    {
        var call = new Call(request, new TaskCompletionSource<PublishResult>(TaskCreationOptions.RunContinuationsAsynchronously));
        _calls.Writer.TryWrite(call);
        return call.Answer.Task;
    };

    public void Dispose() => _watch.Dispose();

    [Fact]
    public async Task WhatArrivesDuringACallGoesWithTheNextInOrder()
    {
        await using var session = await OpenAsync();
        await session.OfferAsync(Build.Text("1"));
        var first = await CalledAsync();
        foreach (var text in (string[])["2", "3", "4"])
        {
            await session.OfferAsync(Build.Text(text));
        }

        Store(first);
        var second = await CalledAsync();
        Store(second);

        Assert.Equal((1, 1), (first.Request.FirstSequence, first.Request.Messages.Length));
        Assert.Equal((2, 3), (second.Request.FirstSequence, second.Request.Messages.Length));
        await session.FinishAsync(isEnd: true).WithinTest("the end");
    }

    [Fact]
    public async Task ThePublisherIsNotReadWhileTooMuchIsUnderWay()
    {
        await using var session = await OpenAsync(inFlightBytes: 64 * 1024);
        await session.OfferAsync(Build.Text(new string('x', 64 * 1024)));
        var call = await CalledAsync();
        var tooMuch = session.OfferAsync(Build.Text("y")).AsTask();
        Assert.False(tooMuch.IsCompleted);

        Store(call);

        await tooMuch.WithinTest("room");
        Store(await CalledAsync());
        await session.FinishAsync(isEnd: true).WithinTest("the end");
    }

    [Fact]
    public async Task ACallHasAtMostSoManyMessagesAndBytes()
    {
        await using var session = await OpenAsync(batchMessages: 3, batchBytes: 1024);
        await session.OfferAsync(Build.Text("first"));
        var first = await CalledAsync();
        foreach (var length in (int[])[1, 1, 1, 1, 2000, 1])
        {
            await session.OfferAsync(Build.Text(new string('x', length)));
        }

        Store(first);
        var lengths = new List<int>();
        for (var call = await CalledAsync(); ; call = await CalledAsync())
        {
            lengths.Add(call.Request.Messages.Length);
            Store(call);
            if (lengths.Sum() == 6)
            {
                break;
            }
        }

        Assert.Equal([3, 2, 1], lengths);
        await session.FinishAsync(isEnd: true).WithinTest("the end");
    }

    [Fact]
    public async Task ALostCallIsMadeAgainWithTheSameNumbers()
    {
        await using var session = await OpenAsync();
        await session.OfferAsync(Build.Text("1"));
        var first = await CalledAsync();
        first.Answer.SetException(new TimeoutException());

        var again = await CalledAsync();

        Assert.Equal((first.Request.FirstSequence, first.Request.PublisherId), (again.Request.FirstSequence, again.Request.PublisherId));
        Assert.Same(first.Request.Messages, again.Request.Messages);
        Store(again);
        await session.FinishAsync(isEnd: true).WithinTest("the end");
    }

    [Fact]
    public async Task AChannelOutOfReachForTooLongEndsIt()
    {
        await using var session = await OpenAsync(retryFor: TimeSpan.FromMilliseconds(100));
        _channel.IsUnreachable = true;
        await session.OfferAsync(Build.Text("1"));

        Assert.Equal(CloseCode.ChannelUnavailable, await session.Ended.WithinTest("the end"));
    }

    [Fact]
    public async Task AChannelThatForgotTheSessionIsOpenedAgain()
    {
        await using var session = await OpenAsync();
        await session.OfferAsync(Build.Text("1"));
        var first = await CalledAsync();
        first.Answer.SetResult(new PublishResult { Status = PublishStatus.UnknownSession });

        var again = await CalledAsync();

        Assert.Equal((1, 2), (first.Request.Session, again.Request.Session));
        Assert.Equal(1, again.Request.FirstSequence);
        Store(again);
        await session.FinishAsync(isEnd: true).WithinTest("the end");
    }

    [Theory]
    [InlineData(PublishStatus.Superseded, 4001)]
    [InlineData(PublishStatus.SequenceGap, 4002)]
    [InlineData(PublishStatus.TooLarge, 1009)]
    public async Task ARefusalEndsItWithItsCode(PublishStatus status, int code)
    {
        await using var session = await OpenAsync();
        await session.OfferAsync(Build.Text("1"));
        (await CalledAsync()).Answer.SetResult(new PublishResult { Status = status });

        Assert.Equal(code, (int?)(await session.Ended.WithinTest("the end"))?.Code);
    }

    [Fact]
    public async Task WhoeverWaitsForRoomGoesOnWhenItEnds()
    {
        await using var session = await OpenAsync(inFlightBytes: 64 * 1024);
        var waiting = session.OfferAsync(Build.Text(new string('x', 64 * 1024 + 1))).AsTask();
        Assert.False(waiting.IsCompleted);

        (await CalledAsync()).Answer.SetResult(new PublishResult { Status = PublishStatus.Superseded });

        await waiting.WithinTest("the reader to go on");
    }

    [Fact]
    public async Task DisposingGivesUpWhatCannotBeSent()
    {
        var session = await OpenAsync();
        await session.OfferAsync(Build.Text("1"));
        (await CalledAsync()).Answer.SetException(new TimeoutException());

        await session.DisposeAsync().WithinTest("the end without an answer");
    }

    [Fact]
    public async Task SeveralCallsAreUnderWayAndAcknowledgedInOrder()
    {
        await using var session = await OpenAsync(callsUnderWay: 2);
        var acknowledged = System.Threading.Channels.Channel.CreateUnbounded<long>();
        session.Acknowledged = result => acknowledged.Writer.TryWrite(result.LastSequence);
        await session.OfferAsync(Build.Text("1"));
        var first = await CalledAsync();
        await session.OfferAsync(Build.Text("2"));
        var second = await CalledAsync();
        await session.OfferAsync(Build.Text("3"));
        await session.OfferAsync(Build.Text("4"));

        Store(second);
        Assert.False(acknowledged.Reader.TryRead(out _));
        Store(first);
        var third = await CalledAsync();
        Store(third);

        Assert.Equal((false, true), (first.Request.FollowsUnstored, second.Request.FollowsUnstored));
        Assert.Equal((3, 2), (third.Request.FirstSequence, third.Request.Messages.Length));
        await session.FinishAsync(isEnd: true).WithinTest("the end");
        acknowledged.Writer.Complete();
        long[] all = await acknowledged.Reader.ReadAllAsync().ToArrayAsync();
        Assert.Equal([1, 2, 4], all);
    }

    [Fact]
    public async Task WhatFollowsAGapIsSentWhenAllBeforeItIsStored()
    {
        await using var session = await OpenAsync(callsUnderWay: 4);
        await session.OfferAsync(Build.Text("1"), 1);
        var first = await CalledAsync();
        await session.OfferAsync(Build.Text("3"), 3);
        Assert.False(_calls.Reader.TryRead(out _));

        Store(first);

        var third = await CalledAsync();
        Assert.Equal((3, false), (third.Request.FirstSequence, third.Request.FollowsUnstored));
        third.Answer.SetResult(new PublishResult { Status = PublishStatus.SequenceGap, LastSequence = 1 });
        Assert.Equal(CloseCode.SequenceGap, await session.Ended.WithinTest("the end"));
    }

    [Fact]
    public async Task CallsThatTheChannelForgotOpenItOnceTogether()
    {
        await using var session = await OpenAsync(callsUnderWay: 2);
        await session.OfferAsync(Build.Text("1"));
        var first = await CalledAsync();
        await session.OfferAsync(Build.Text("2"));
        var second = await CalledAsync();
        second.Answer.SetResult(new PublishResult { Status = PublishStatus.UnknownSession });
        var secondAgain = await CalledAsync();
        first.Answer.SetResult(new PublishResult { Status = PublishStatus.UnknownSession });
        var firstAgain = await CalledAsync();

        Assert.Equal((2, 2, 2), (_channel.Sessions, firstAgain.Request.Session, secondAgain.Request.Session));
        Assert.Equal((false, true), (firstAgain.Request.FollowsUnstored, secondAgain.Request.FollowsUnstored));
        Store(firstAgain);
        Store(secondAgain);
        await session.FinishAsync(isEnd: true).WithinTest("the end");
    }

    [Fact]
    public async Task ACallWithoutAnAnswerIsMadeAgain()
    {
        await using var session = await OpenAsync(answerWithin: TimeSpan.FromMilliseconds(50));
        await session.OfferAsync(Build.Text("1"));
        var lost = await CalledAsync();

        var again = await CalledAsync();

        Assert.Equal(lost.Request.FirstSequence, again.Request.FirstSequence);
        Store(again);
        await session.FinishAsync(isEnd: true).WithinTest("the end");
    }

    private static void Store(Call call) => call.Answer.TrySetResult(new PublishResult
    {
        Status = PublishStatus.Stored,
        LastSequence = call.Request.FirstSequence + call.Request.Messages.Length - 1,
    });

    private Task<Call> CalledAsync() => _calls.Reader.ReadAsync().WithinTest("a call to the channel");

    private async Task<PublisherSession> OpenAsync(int inFlightBytes = 4 << 20, int batchMessages = 256, int batchBytes = 256 * 1024, TimeSpan? retryFor = null, int callsUnderWay = 1, TimeSpan? answerWithin = null)
    {
        var options = new IngestOptions
        {
            InFlightBytes = inFlightBytes,
            BatchMessages = batchMessages,
            BatchBytes = batchBytes,
            RetryFor = retryFor ?? TimeSpan.FromSeconds(30),
            CallsUnderWay = callsUnderWay,
            AnswerWithin = answerWithin ?? TimeSpan.FromMinutes(1),
        };
        var session = new PublisherSession(
            FakeChannel.Name, "p", _channel.Cluster, _channel.Locals, _channel.Presences, new IngestTotals(), _watch, Options.Create(options), TimeProvider.System, NullLogger<PublisherSession>.Instance);
        Assert.True((await session.OpenAsync(startsAnew: false).WithinTest("the session")).IsAccepted);
        return session;
    }

    private sealed record Call(PublishRequest Request, TaskCompletionSource<PublishResult> Answer);
}
