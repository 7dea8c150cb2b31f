using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <summary>A publish that waits to be stored, and its answer.</summary>
/// <param name="request">What is to be stored.</param>
/// <param name="arrivedAt">When it came, in milliseconds since 1970.</param>
internal sealed class PendingPublish(PublishRequest request, long arrivedAt)
{
    // Not in line: whoever hears the answer may publish again, in the middle of the commit that answers.
    private readonly TaskCompletionSource<PublishResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is to be stored.</summary>
    public PublishRequest Request => request;

    /// <summary>When it came, in milliseconds since 1970.</summary>
    public long ArrivedAt => arrivedAt;

    /// <summary>Completes when it is stored or refused.</summary>
    public Task<PublishResult> Answered => _answer.Task;

    /// <summary>Tells how it went.</summary>
    public void Answer(PublishResult result) => _answer.TrySetResult(result);

    /// <summary>Tells that it failed: whoever sent it may send it again.</summary>
    public void Fail(Exception exception) => _answer.TrySetException(exception);
}
