namespace Orleans.Storage;

/// <summary>The stored state was changed by somebody else since it was read. The activation that lets it escape is ended.</summary>
public class InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException = null)
    : OrleansException(errorMsg, storageException)
{
    public string? StoredEtag { get; } = storedEtag;
    public string? CurrentEtag { get; } = currentEtag;
}
