namespace Orleans.Streams;

/// <summary>A named set of streams.</summary>
public interface IStreamProvider
{
    /// <summary>The provider's name.</summary>
    string Name { get; }

    /// <summary>Whether a subscriber may start in the past. Never, on this engine.</summary>
    bool IsRewindable { get; }

    /// <summary>The stream of this id; it exists as soon as somebody names it.</summary>
    IAsyncStream<T> GetStream<T>(StreamId streamId);
}

/// <summary>Names streams by their parts.</summary>
public static class StreamProviderExtensions
{
    /// <summary>The stream of this namespace and key.</summary>
    public static IAsyncStream<T> GetStream<T>(this IStreamProvider streamProvider, string ns, string id) =>
        streamProvider.GetStream<T>(StreamId.Create(ns, id));
}
