namespace OrleansRelay.TestKit;

/// <summary>Bounds every wait of a test, so that a hang becomes a failure that says what did not happen.</summary>
public static class WithinTestExtensions
{
    /// <summary>Far longer than any event takes on a busy machine; a passing test never waits for it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task WithinTest(this Task task, string what)
    {
        // Not WaitAsync: its TimeoutException could not be told from one of the task's own.
        using var waiting = new CancellationTokenSource();
        if (await Task.WhenAny(task, Task.Delay(Limit, TimeProvider.System, waiting.Token)) != task)
        {
            throw new NotWithinTestException($"Waited {Limit.TotalSeconds:0} s in vain for {what}.");
        }

        await waiting.CancelAsync();
        await task;
    }

    public static async Task<T> WithinTest<T>(this Task<T> task, string what)
    {
        await ((Task)task).WithinTest(what);
        return await task;
    }

    public static Task WithinTest(this ValueTask task, string what) => task.AsTask().WithinTest(what);

    public static Task<T> WithinTest<T>(this ValueTask<T> task, string what) => task.AsTask().WithinTest(what);
}

/// <summary>What a test waited for did not happen.</summary>
public sealed class NotWithinTestException(string message) : Exception(message);
