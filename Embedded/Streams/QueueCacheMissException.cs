namespace Orleans.Streams;

/// <summary>A subscriber fell so far behind that items which waited for it were dropped.</summary>
public sealed class QueueCacheMissException(string message) : OrleansException(message);
