namespace Orleans.Storage;

/// <summary>A place where grains' states are stored.</summary>
/// <remarks>Writing and clearing throw <see cref="InconsistentStateException"/> if somebody else changed the state since it was read.</remarks>
public interface IGrainStorage
{
    /// <summary>Fills in what is stored, or an empty state.</summary>
    Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
    Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
    Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
}
