namespace Orleans.Streams;

/// <summary>An item's place in its stream. This engine hands on what the publisher gave and makes none itself.</summary>
public abstract class StreamSequenceToken
{
    /// <summary>The number of the batch.</summary>
    public abstract long SequenceNumber { get; protected set; }

    /// <summary>The number within the batch.</summary>
    public abstract int EventIndex { get; protected set; }
}
