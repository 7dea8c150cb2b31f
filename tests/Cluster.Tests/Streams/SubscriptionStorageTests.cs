using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;
using OrleansRelay.Silo.Cluster;

namespace OrleansRelay.Cluster.Tests.Streams;

public sealed class SubscriptionStorageTests
{
    private static readonly GrainId Grain = GrainId.Create("rendezvous", "chess");

    private readonly FakeDatabase _database = new();
    private readonly ManualTimeProvider _time = new();
    private readonly SubscriptionStorage _storage;

    public SubscriptionStorageTests() => _storage = new SubscriptionStorage(_database, _time, NullLogger<SubscriptionStorage>.Instance);

    [Fact]
    public async Task WhatIsStoredIsReadAgain()
    {
        await WriteAsync(new GrainState<Subscriptions>(), "a gateway");

        Assert.Equal("a gateway", (await ReadAsync()).State!.Text);
    }

    [Fact]
    public async Task WhileTheDatabaseIsAwayTheStreamGoesOnWithoutIt()
    {
        _database.Answer = Task.FromException(new IOException("connection refused"));

        var state = await ReadAsync();
        await WriteAsync(state, "a gateway");

        Assert.False(state.RecordExists);
        Assert.Equal("a gateway", state.State!.Text);
        Assert.Equal(1, _database.Asked);
    }

    [Fact]
    public async Task AnAnswerThatDoesNotComeIsNotWaitedFor()
    {
        var answer = new TaskCompletionSource();
        _database.Answer = answer.Task;
        var reading = ReadAsync();
        Assert.False(reading.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1));

        var state = await reading;
        Assert.NotNull(state.State);
        answer.SetResult();
        Assert.Equal("", state.State!.Text);
    }

    [Fact]
    public async Task AfterTheOutageTheDatabaseIsAskedAgainAndGetsWhatIsNewest()
    {
        await WriteAsync(new GrainState<Subscriptions>(), "before the outage");
        _database.Answer = Task.FromException(new IOException("connection refused"));
        var state = await ReadAsync();
        await WriteAsync(state, "in the outage");
        _database.Answer = Task.CompletedTask;

        _time.Advance(TimeSpan.FromSeconds(2));
        await WriteAsync(state, "after the outage");

        Assert.Equal("after the outage", (await ReadAsync()).State!.Text);
    }

    private async Task<GrainState<Subscriptions>> ReadAsync()
    {
        var state = new GrainState<Subscriptions>();
        await _storage.ReadStateAsync("subscriptions", Grain, state).WithinTest("a read");
        return state;
    }

    private Task WriteAsync(GrainState<Subscriptions> state, string text)
    {
        state.State = new Subscriptions { Text = text };
        return _storage.WriteStateAsync("subscriptions", Grain, state).WithinTest("a write");
    }

    private sealed class Subscriptions
    {
        public string Text { get; init; } = "";
    }

    /// <summary>One row with an ETag; answers when the test says.</summary>
    private sealed class FakeDatabase : IGrainStorage
    {
        private (object State, string ETag)? _row;

        public Task Answer { get; set; } = Task.CompletedTask;

        public int Asked { get; private set; }

        public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await AskAsync();
            (grainState.State, grainState.ETag, grainState.RecordExists) =
                _row is { } row ? ((T)row.State, row.ETag, true) : (Activator.CreateInstance<T>(), null, false);
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await AskAsync();
            if (grainState.ETag != _row?.ETag)
            {
                throw new InconsistentStateException("Somebody else has written.");
            }

            _row = (grainState.State!, $"{Asked}");
            (grainState.ETag, grainState.RecordExists) = (_row?.ETag, true);
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => AskAsync();

        private Task AskAsync()
        {
            Asked++;
            return Answer;
        }
    }
}
