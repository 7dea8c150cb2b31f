using System.Globalization;
using System.Text.Json;

namespace Orleans.Embedded;

/// <summary>A storage that lasts as long as the process.</summary>
/// <remarks>Kept is JSON: a copy that no grain changes behind the storage's back, with the members that a storage on disk keeps.</remarks>
internal sealed class MemoryGrainStorage : IGrainStorage
{
    private static readonly JsonSerializerOptions Format = new() { IncludeFields = true };

    private readonly ConcurrentDictionary<(string StateName, GrainId GrainId), Record> _records = new();
    private long _version;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = _records.GetValueOrDefault((stateName, grainId));
        grainState.State = record is null ? Activator.CreateInstance<T>() : JsonSerializer.Deserialize<T>(record.Json, Format)!;
        grainState.ETag = record?.ETag;
        grainState.RecordExists = record is not null;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var etag = Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture);
        var record = new Record(JsonSerializer.SerializeToUtf8Bytes(grainState.State, Format), etag);
        _records.AddOrUpdate(
            (stateName, grainId),
            _ => grainState.ETag is null ? record : throw Conflict(null, grainState.ETag),
            (_, stored) => stored.ETag == grainState.ETag ? record : throw Conflict(stored.ETag, grainState.ETag));
        grainState.ETag = etag;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_records.TryGetValue((stateName, grainId), out var stored)
            && (stored.ETag != grainState.ETag || !_records.TryRemove(KeyValuePair.Create((stateName, grainId), stored))))
        {
            throw Conflict(stored.ETag, grainState.ETag);
        }

        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private static InconsistentStateException Conflict(string? stored, string? current) =>
        new($"The stored version is '{stored}', the grain's version is '{current}'.", stored, current);

    private sealed record Record(byte[] Json, string ETag);
}
