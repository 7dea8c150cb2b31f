namespace Orleans.Streams;

/// <summary>A named set of streams; one exists as soon as somebody names it.</summary>
public interface IStreamProvider
{
    string Name { get; }

    /// <summary>Whether a subscriber may start in the past. Never, on this engine.</summary>
    bool IsRewindable { get; }

    /// <summary>The stream of this id. Publisher and subscriber name the same type of item.</summary>
    IAsyncStream<T> GetStream<T>(StreamId streamId);
}

/// <summary>Names a stream by its namespace and key.</summary>
public static class StreamProviderExtensions
{
    public static IAsyncStream<T> GetStream<T>(this IStreamProvider streamProvider, string ns, string id) =>
        streamProvider.GetStream<T>(StreamId.Create(ns, id));
}
