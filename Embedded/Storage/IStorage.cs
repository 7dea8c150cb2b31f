namespace Orleans.Core;

/// <summary>One stored state of a grain.</summary>
public interface IStorage
{
    /// <summary>The version that was last read or written; null if none is stored.</summary>
    string? Etag { get; }

    /// <summary>Whether something is stored.</summary>
    bool RecordExists { get; }

    /// <summary>Removes what is stored and starts from an empty state.</summary>
    Task ClearStateAsync();

    /// <summary>Stores the state.</summary>
    Task WriteStateAsync();

    /// <summary>Reads what is stored, throwing unwritten changes away.</summary>
    Task ReadStateAsync();

    /// <inheritdoc cref="ClearStateAsync()"/>
    Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

    /// <inheritdoc cref="WriteStateAsync()"/>
    Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

    /// <inheritdoc cref="ReadStateAsync()"/>
    Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
}

/// <inheritdoc cref="IStorage"/>
public interface IStorage<TState> : IStorage
{
    /// <summary>The state in memory.</summary>
    TState State { get; set; }
}
