using System.Threading.Channels;
using Orleans.Streams;
using OrleansRelay.Engine.Tests.Calls;
using OrleansRelay.Engine.Tests.Streams;

namespace OrleansRelay.Engine.Tests.EmbeddedOnly;

/// <summary>Turns that run on the thread of whoever brings them: as fast as a plain call, and apart from the caller like any other turn.</summary>
[Collection(EngineCollection.Name)]
public sealed class BorrowedThreadTests(EngineFixture engine)
{
    private static readonly AsyncLocal<string?> Caller = new();

    private readonly string _key = EngineFixture.NewKey();

    public interface IContextGrain : IGrainWithStringKey
    {
        Task<string?> SeeCallerAsync();

        Task<bool> ComesBackAsync();
    }

    [Fact]
    public async Task ACallFromOutsideToAnIdleGrainIsAnsweredInTheCallersOwnTurn()
    {
        var grain = engine.Client.GetGrain<ICallGrain>(_key);
        await grain.EchoAsync("awake").WithinTest("the first call");

        await AnsweredAtOnceAsync(() => grain.EchoAsync("hello")).WithinTest("a call that is answered when it returns");
    }

    [Fact]
    public async Task NothingOfTheCallersContextIsSeenByTheGrain()
    {
        var grain = engine.Client.GetGrain<IContextGrain>(_key);
        Assert.Null(await grain.SeeCallerAsync().WithinTest("the first call"));

        await AnsweredAtOnceAsync(() =>
        {
            Caller.Value = "me";
            var call = grain.SeeCallerAsync();
            Assert.True(!call.IsCompletedSuccessfully || call.Result is null);
            Assert.Equal("me", Caller.Value);
            return call;
        }).WithinTest("a call that is answered when it returns");
    }

    [Fact]
    public async Task AnAwaitOfABorrowedTurnComesBackToTheGrainsTurns()
    {
        var grain = engine.Client.GetGrain<IContextGrain>(_key);
        for (var call = 0; call < 20; call++)
        {
            Assert.True(await Task.Run(grain.ComesBackAsync).WithinTest("the call"));
        }
    }

    [Fact]
    public async Task AnObserverOutsideOfGrainsIsNotPartOfThePublishersTurn()
    {
        var seen = Channel.CreateUnbounded<TaskScheduler>();
        await engine.Streams.GetStream<string>("tests", _key).SubscribeAsync(async (_, _) =>
        {
            seen.Writer.TryWrite(TaskScheduler.Current);
            await Task.Yield();
            seen.Writer.TryWrite(TaskScheduler.Current);
        }).WithinTest("the subscription");

        await engine.Client.GetGrain<IEarGrain>(EngineFixture.NewKey()).PublishAsync(_key, "from within").WithinTest("the grain's publish");

        Assert.Same(TaskScheduler.Default, await seen.Reader.ReadAsync().WithinTest("the delivery"));
        Assert.Same(TaskScheduler.Default, await seen.Reader.ReadAsync().WithinTest("its end"));
    }

    /// <summary>Calls from a thread of the pool, where no context catches continuations, until the grain is idle at that moment.</summary>
    private static Task AnsweredAtOnceAsync(Func<Task> call) => Task.Run(async () =>
    {
        for (var isAtOnce = false; !isAtOnce;)
        {
            var answer = call();
            isAtOnce = answer.IsCompleted;
            await answer;
        }
    });

    public sealed class ContextGrain : Grain, IContextGrain
    {
        public Task<string?> SeeCallerAsync() => Task.FromResult(Caller.Value);

        public async Task<bool> ComesBackAsync()
        {
            var turns = TaskScheduler.Current;
            await Task.Yield();
            return turns != TaskScheduler.Default && turns == TaskScheduler.Current;
        }
    }
}
