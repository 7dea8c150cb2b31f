using System.Collections.Concurrent;
using System.Threading.Channels;

namespace OrleansRelay.Engine.Tests;

/// <summary>How grains under test tell the test what happens, and wait for its leave. Both engines run the grains in the test's process.</summary>
public sealed class Probe
{
    private readonly ConcurrentDictionary<string, Channel<string>> _told = new();
    private readonly ConcurrentDictionary<string, bool> _seen = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();

    /// <summary>Called by the grain: something happened.</summary>
    public void Tell(string key, string what) => Told(key).Writer.TryWrite(what);

    /// <summary>Called by the test: the next thing that happened to this grain.</summary>
    public Task<string> NextAsync(string key) => Told(key).Reader.ReadAsync().WithinTest($"the next event of '{key}'");

    /// <summary>Whether something happened that the test has not read.</summary>
    public bool HasMore(string key) => Told(key).Reader.TryPeek(out _);

    /// <summary>Called by the grain: whether it asks this for the first time.</summary>
    public bool IsFirst(string key) => _seen.TryAdd(key, true);

    /// <summary>Called by the grain: go no further before the test says so.</summary>
    public Task PassAsync(string key) => Gate(key).Task;

    /// <summary>Called by the test: go on.</summary>
    public void Open(string key) => Gate(key).TrySetResult();

    private Channel<string> Told(string key) => _told.GetOrAdd(key, _ => Channel.CreateUnbounded<string>());

    private TaskCompletionSource Gate(string key) => _gates.GetOrAdd(key, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
