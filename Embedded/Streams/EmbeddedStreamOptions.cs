namespace Orleans.Configuration;

/// <summary>How far a stream's subscriber may fall behind. Exists on this engine only.</summary>
public class EmbeddedStreamOptions
{
    /// <summary>Most items that may wait for one subscription; when one more comes, the oldest is dropped and the observer told.</summary>
    /// <value>At least 1. Default 4,096: with the relay's batches, 40 seconds at 100 publishes a second.</value>
    public int PendingItemsLimit { get; set; } = 4096;
}
