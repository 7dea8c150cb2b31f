using Orleans.Storage;

namespace OrleansRelay.Silo.Cluster;

/// <summary>Keeps the streams' subscriptions in the database, and goes on without it while it is away.</summary>
/// <remarks>
/// A stream's first batch waits until the stream is registered, and since Orleans 10.3 all streams of its queue wait with it. Were the
/// database asked for as long as it is away, one channel that begins to speak would silence others for all that time.
/// What is missing here heals by itself: a gateway that is not sent what its channel has subscribes again. For the same reason the last
/// writer wins, who in a cluster is the only one: one grain keeps a stream's subscriptions.
/// </remarks>
internal sealed partial class SubscriptionStorage(IGrainStorage database, TimeProvider time, ILogger<SubscriptionStorage> logger) : IGrainStorage
{
    /// <summary>How long the database may take. Measured: a subscription is 1.4 ms, also 32 at a time.</summary>
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(1);

    /// <summary>How long it is left alone after it did not answer.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(2);

    private long _silentSince;

    private bool IsAway => Volatile.Read(ref _silentSince) is not 0 and var since && time.GetElapsedTime(since) < AskAgainAfter;

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // Not into the grain's own: an answer that comes too late must not undo what the grain has done since.
        var stored = new GrainState<T>();
        if (!await TryAsync(() => database.ReadStateAsync(stateName, grainId, stored)))
        {
            stored = new GrainState<T> { State = Activator.CreateInstance<T>() };
        }

        (grainState.State, grainState.ETag, grainState.RecordExists) = (stored.State, stored.ETag, stored.RecordExists);
    }

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        TryAsync(() => WriteLastAsync(stateName, grainId, grainState));

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        TryAsync(() => database.ClearStateAsync(stateName, grainId, grainState));

    /// <summary>Writes over whatever is there: after an outage that is older than what the grain has.</summary>
    private async Task WriteLastAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        try
        {
            await database.WriteStateAsync(stateName, grainId, grainState);
        }
        catch (InconsistentStateException)
        {
            var stored = new GrainState<T>();
            await database.ReadStateAsync(stateName, grainId, stored);
            (grainState.ETag, grainState.RecordExists) = (stored.ETag, stored.RecordExists);
            await database.WriteStateAsync(stateName, grainId, grainState);
        }
    }

    /// <returns>False when the database did not do it.</returns>
    private async Task<bool> TryAsync(Func<Task> ask)
    {
        if (IsAway)
        {
            return false;
        }

        try
        {
            await ask().WaitAsync(AnswersWithin, time);
            return true;
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _silentSince, time.GetTimestamp());
            Log.GoesOnWithout(logger, exception);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The database did not keep a stream's subscriptions; the stream goes on without it.", EventName = "SubscriptionsNotStored")]
        public static partial void GoesOnWithout(ILogger logger, Exception exception);
    }
}
