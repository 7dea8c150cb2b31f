using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <summary>A publish that waits to be stored, and its answer.</summary>
/// <param name="request">What is to be stored.</param>
/// <param name="arrivedAt">When it came, in milliseconds since 1970.</param>
/// <remarks>Continuations don't run in line: whoever hears the answer may publish again, in the middle of the commit that answers.</remarks>
internal sealed class PendingPublish(PublishRequest request, long arrivedAt) : TaskCompletionSource<PublishResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>What is to be stored.</summary>
    public PublishRequest Request => request;

    /// <summary>When it came, in milliseconds since 1970.</summary>
    public long ArrivedAt => arrivedAt;

    /// <summary>Tells how it went.</summary>
    public void Answer(PublishResult result) => TrySetResult(result);

    /// <summary>Tells that it failed: whoever sent it may send it again.</summary>
    public void Fail(Exception exception) => TrySetException(exception);
}
