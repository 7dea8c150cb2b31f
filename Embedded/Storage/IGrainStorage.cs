namespace Orleans.Storage;

/// <summary>A place where grains' states are stored.</summary>
public interface IGrainStorage
{
    /// <summary>Fills in what is stored, or an empty state.</summary>
    Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Stores the state if nobody else did since it was read; else throws <see cref="InconsistentStateException"/>.</summary>
    /// <inheritdoc cref="ReadStateAsync"/>
    Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Removes the state if nobody changed it since it was read; else throws <see cref="InconsistentStateException"/>.</summary>
    /// <inheritdoc cref="ReadStateAsync"/>
    Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
}
