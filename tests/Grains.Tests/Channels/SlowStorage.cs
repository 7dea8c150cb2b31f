using System.Collections.Concurrent;
using Orleans.Storage;

namespace OrleansRelay.Grains.Tests.Channels;

/// <summary>A storage in memory that a test closes, so that writes wait, or takes away, so that every call fails. It counts what must not happen.</summary>
internal sealed class SlowStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string, GrainId), (object State, string ETag)> _states = [];
    private TaskCompletionSource _gate = Opened();
    private TaskCompletionSource<string> _waiting = new();
    private int _writes;
    private int _eTags;

    public int MostWritesAtOnce { get; private set; }

    public int Conflicts { get; private set; }

    public bool IsAway { get; set; }

    /// <summary>Makes writes wait.</summary>
    /// <returns>The name of the state whose write is the first to wait.</returns>
    public Task<string> Close()
    {
        _waiting = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _waiting.Task;
    }

    public void Open() => _gate.TrySetResult();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowIfAway();
        if (_states.TryGetValue((stateName, grainId), out var known))
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = ((T)known.State, known.ETag, true);
        }

        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        MostWritesAtOnce = Math.Max(MostWritesAtOnce, Interlocked.Increment(ref _writes));
        try
        {
            var expected = grainState.ETag;
            if (!_gate.Task.IsCompleted)
            {
                _waiting.TrySetResult(stateName);
                await _gate.Task;
            }

            ThrowIfAway();
            if (_states.TryGetValue((stateName, grainId), out var known) && known.ETag != expected)
            {
                Conflicts++;
                throw new InconsistentStateException("Changed meanwhile.", known.ETag, expected ?? "");
            }

            grainState.ETag = $"{Interlocked.Increment(ref _eTags)}";
            grainState.RecordExists = true;
            _states[(stateName, grainId)] = (grainState.State!, grainState.ETag);
        }
        finally
        {
            Interlocked.Decrement(ref _writes);
        }
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowIfAway();
        _states.TryRemove((stateName, grainId), out _);
        (grainState.ETag, grainState.RecordExists) = (null!, false);
        return Task.CompletedTask;
    }

    private void ThrowIfAway()
    {
        if (IsAway)
        {
            throw new IOException("The storage is away.");
        }
    }

    private static TaskCompletionSource Opened()
    {
        var gate = new TaskCompletionSource();
        gate.SetResult();
        return gate;
    }
}
