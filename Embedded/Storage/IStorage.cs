namespace Orleans.Core;

/// <summary>One stored state of a grain.</summary>
public interface IStorage
{
    string? Etag { get; }
    bool RecordExists { get; }

    /// <summary>Removes what is stored and starts from an empty state.</summary>
    Task ClearStateAsync();
    Task WriteStateAsync();

    /// <summary>Reads what is stored, throwing unwritten changes away.</summary>
    Task ReadStateAsync();
    Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();
    Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();
    Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
}

/// <inheritdoc cref="IStorage"/>
public interface IStorage<TState> : IStorage
{
    TState State { get; set; }
}
