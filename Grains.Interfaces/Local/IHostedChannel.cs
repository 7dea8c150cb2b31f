using OrleansRelay.Channels;

namespace OrleansRelay.Local;

/// <summary>A channel whose activation is in this process.</summary>
public interface IHostedChannel
{
    /// <summary>Publishes as <see cref="IChannelGrain.PublishAsync"/> does, without a grain call. May be called on any thread.</summary>
    /// <param name="request">What to publish.</param>
    /// <param name="answer">The answer; complete on return when nothing had to be awaited.</param>
    /// <returns>False when the activation takes nothing more, because it is leaving this process: call the grain.</returns>
    bool TryPublish(PublishRequest request, out ValueTask<PublishResult> answer);
}
