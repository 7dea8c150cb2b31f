namespace Orleans;

/// <summary>A state and what its storage knows of it; no ETag if nothing is stored.</summary>
public interface IGrainState<T>
{
    T? State { get; set; }
    string? ETag { get; set; }
    bool RecordExists { get; set; }
}

/// <inheritdoc/>
public sealed class GrainState<T> : IGrainState<T>
{
    public T? State { get; set; }
    public string? ETag { get; set; }
    public bool RecordExists { get; set; }
}
