namespace Orleans.Streams;

/// <summary>An item's place in its stream. This engine hands on what the publisher gave and makes none itself.</summary>
public abstract class StreamSequenceToken
{
    public abstract long SequenceNumber { get; protected set; }
    public abstract int EventIndex { get; protected set; }
}
