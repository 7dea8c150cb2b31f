using System.Collections.Concurrent;
using Orleans.Serialization;
using Orleans.Storage;

namespace OrleansRelay.Cluster.Tests;

/// <summary>A storage that outlives silos, as the database does. One <see cref="Rows"/> for all silos of a cluster.</summary>
internal sealed class SharedStorage(SharedStorage.Rows rows, Serializer serializer) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (rows.TryGetValue((stateName, grainId), out var row))
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = (serializer.Deserialize<T>(row.Bytes)!, row.ETag, true);
        }
        else
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null!, false);
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = new Row(serializer.SerializeToArray(grainState.State), Guid.NewGuid().ToString());
        var isWritten = grainState.ETag is null
            ? rows.TryAdd((stateName, grainId), row)
            : rows.TryGetValue((stateName, grainId), out var former) && former.ETag == grainState.ETag && rows.TryUpdate((stateName, grainId), row, former);
        if (!isWritten)
        {
            throw new InconsistentStateException($"{stateName} of {grainId} was changed by somebody else.");
        }

        (grainState.ETag, grainState.RecordExists) = (row.ETag, true);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        rows.TryRemove((stateName, grainId), out _);
        (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null!, false);
        return Task.CompletedTask;
    }

    internal sealed record Row(byte[] Bytes, string ETag);

    internal sealed class Rows : ConcurrentDictionary<(string, GrainId), Row>;
}
