using OrleansRelay.Gateway.Hosting;

namespace OrleansRelay.Gateway.Tests.Hosting;

public sealed class SoloRunTests
{
    [Fact]
    public void TheWorkIsDoneOnTheThreadOfWhoeverTells()
    {
        var doneBy = 0;
        var run = new SoloRun(() =>
        {
            doneBy = Environment.CurrentManagedThreadId;
            return Task.CompletedTask;
        });

        run.Tell();

        Assert.Equal(Environment.CurrentManagedThreadId, doneBy);
    }

    [Fact]
    public async Task ItRunsOnceMoreWhenToldMeanwhileHoweverOften()
    {
        var (runs, gate) = (0, new TaskCompletionSource());
        var run = new SoloRun(() =>
        {
            runs++;
            return gate.Task;
        });
        run.Tell();

        run.Tell();
        run.Tell();
        Assert.Equal(1, runs);
        gate.SetResult();

        await run.RestingAsync().WithinTest("the end");
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task ItNeverRunsTwiceAtATimeAndMissesNothing()
    {
        var (told, done, running) = (0, 0, 0);
        var run = new SoloRun(async () =>
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            await Task.Yield();
            done = Volatile.Read(ref told);
            Interlocked.Decrement(ref running);
        });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var count = 0; count < 2000; count++)
            {
                Interlocked.Increment(ref told);
                run.Tell();
            }
        }))).WithinTest("four who tell");

        await run.RestingAsync().WithinTest("the end");
        Assert.Equal((8000, 0), (done, running));
    }

    [Fact]
    public async Task ACallerThatMustNotBeHeldUpDoesNotWaitForTheWork()
    {
        var gate = new TaskCompletionSource();
        var doneBy = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = new SoloRun(() =>
        {
            doneBy.TrySetResult(Thread.CurrentThread.IsThreadPoolThread);
            return gate.Task;
        });

        run.Tell(mayUseThread: false);

        Assert.True(await doneBy.Task.WithinTest("the work to begin"));
        var resting = run.RestingAsync();
        Assert.False(resting.IsCompleted);
        gate.SetResult();
        await resting.WithinTest("its end");
    }
}
