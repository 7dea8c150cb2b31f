using OrleansRelay.Channels;

namespace OrleansRelay.Grains.Channels;

/// <summary>What is to be done with a publish.</summary>
/// <param name="Skip">How many of its messages are stored already.</param>
/// <param name="Refused">The answer when it is not stored; null when it is.</param>
/// <param name="IsEarly">Whether it is refused only because the publisher's batch before it is still on its way.</param>
internal readonly record struct PublishVerdict(int Skip, PublishResult? Refused, bool IsEarly);
