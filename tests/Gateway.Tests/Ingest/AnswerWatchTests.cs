using OrleansRelay.Channels;
using OrleansRelay.Gateway.Ingest;

namespace OrleansRelay.Gateway.Tests.Ingest;

public sealed class AnswerWatchTests : IDisposable
{
    private static readonly TimeSpan Within = TimeSpan.FromMilliseconds(300);
    private static readonly PublishResult Stored = new() { Status = PublishStatus.Stored };

    private readonly ManualTimeProvider _clock = new();
    private readonly TaskCompletionSource<PublishResult> _answer = new();
    private readonly AnswerWatch _watch;

    public AnswerWatchTests() => _watch = new AnswerWatch(_clock);

    public void Dispose() => _watch.Dispose();

    [Fact]
    public async Task AnAnswerInTimeIsHandedOnAndTheTimerRests()
    {
        var wait = _watch.WaitAsync(_answer.Task, Within, CancellationToken.None);
        _clock.Advance(Within - TimeSpan.FromMilliseconds(1));
        Assert.False(wait.IsCompleted);

        _answer.SetResult(Stored);

        Assert.Same(Stored, await wait.WithinTest("the answer"));
        _clock.Advance(AnswerWatch.LookEvery);
        Assert.Equal(0, _clock.Armed);
    }

    [Fact]
    public async Task AnAnswerThatIsThereNeedsNoWait()
    {
        Assert.Same(Stored, await _watch.WaitAsync(Task.FromResult(Stored), Within, CancellationToken.None));
        Assert.Equal(0, _clock.Armed);
    }

    [Fact]
    public async Task AnAnswerThatDoesNotComeEndsTheWait()
    {
        var wait = _watch.WaitAsync(_answer.Task, Within, CancellationToken.None);

        _clock.Advance(Within + AnswerWatch.LookEvery);

        await Assert.ThrowsAsync<TimeoutException>(() => wait.WithinTest("the end of the wait"));
        _answer.SetResult(Stored);
    }

    [Fact]
    public async Task AFailureIsHandedOn()
    {
        var wait = _watch.WaitAsync(_answer.Task, Within, CancellationToken.None);

        _answer.SetException(new InvalidOperationException("refused"));

        Assert.Equal("refused", (await Assert.ThrowsAsync<InvalidOperationException>(() => wait.WithinTest("the failure"))).Message);
    }

    [Fact]
    public async Task ACallerThatGivesUpIsNotKept()
    {
        using var cancellation = new CancellationTokenSource();
        var wait = _watch.WaitAsync(_answer.Task, Within, cancellation.Token);

        await cancellation.CancelAsync();
        _clock.Advance(AnswerWatch.LookEvery);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WithinTest("the end of the wait"));
    }

    [Fact]
    public async Task EachWaitHasATimeOfItsOwn()
    {
        var first = _watch.WaitAsync(_answer.Task, Within, CancellationToken.None);
        var second = _watch.WaitAsync(_answer.Task, 2 * Within, CancellationToken.None);

        _clock.Advance(Within + AnswerWatch.LookEvery);

        await Assert.ThrowsAsync<TimeoutException>(() => first.WithinTest("the first wait"));
        Assert.False(second.IsCompleted);
    }
}
