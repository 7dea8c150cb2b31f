using OrleansRelay.Gateway.Streams;

namespace OrleansRelay.Gateway.Tests.Streams;

public sealed class SharedCallTests
{
    private readonly List<TaskCompletionSource<int>> _calls = [];
    private readonly System.Threading.Channels.Channel<bool> _called = System.Threading.Channels.Channel.CreateUnbounded<bool>();
    private readonly SharedCall<int> _shared;

    public SharedCallTests() => _shared = new SharedCall<int>(CallAsync);

    [Fact]
    public async Task WhoAsksAloneIsAnsweredByACallOfItsOwn()
    {
        var first = _shared.AskAsync();
        _calls[0].SetResult(1);
        Assert.Equal(1, await first.WithinTest("the first answer"));

        var second = _shared.AskAsync();
        _calls[1].SetResult(2);

        Assert.Equal(2, await second.WithinTest("the second answer"));
    }

    [Fact]
    public async Task WhoAsksMeanwhileSharesTheNextCallAndNotTheFormer()
    {
        var first = _shared.AskAsync();
        var others = Enumerable.Range(0, 5).Select(_ => _shared.AskAsync()).ToArray();
        Assert.Single(_calls);

        _calls[0].SetResult(1);
        await CalledAsync(2);
        Assert.Equal(1, await first.WithinTest("the first answer"));
        Assert.All(others, other => Assert.False(other.IsCompleted));
        _calls[1].SetResult(2);

        Assert.All(await Task.WhenAll(others).WithinTest("the shared answer"), answer => Assert.Equal(2, answer));
        Assert.Equal(2, _calls.Count);
    }

    [Fact]
    public async Task AFailureIsForThoseWhoSharedItAndNobodyElse()
    {
        var first = _shared.AskAsync();
        var second = _shared.AskAsync();
        _calls[0].SetException(new TimeoutException());

        await Assert.ThrowsAsync<TimeoutException>(() => first.WithinTest("the failure"));
        await CalledAsync(2);
        _calls[1].SetResult(2);
        Assert.Equal(2, await second.WithinTest("the next answer"));
    }

    private Task<int> CallAsync()
    {
        var call = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls.Add(call);
        _called.Writer.TryWrite(true);
        return call.Task;
    }

    private async Task CalledAsync(int times)
    {
        for (var call = 0; call < times; call++)
        {
            await _called.Reader.ReadAsync().WithinTest($"call {call + 1}");
        }
    }
}
