namespace Orleans.Storage;

/// <summary>The stored state was changed by somebody else since it was read. The activation that lets it escape is ended.</summary>
public class InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException = null)
    : OrleansException(errorMsg, storageException)
{
    /// <summary>The version that is stored.</summary>
    public string? StoredEtag { get; } = storedEtag;

    /// <summary>The version that the grain had.</summary>
    public string? CurrentEtag { get; } = currentEtag;
}
