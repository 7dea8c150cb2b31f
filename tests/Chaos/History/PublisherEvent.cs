namespace OrleansRelay.Chaos.History;

/// <summary>One thing that a publisher did or was told. Times are microseconds since the run began.</summary>
internal abstract record PublisherEvent(long At);

/// <summary>It had a message to publish; sequences follow one another from 1.</summary>
internal sealed record MessagePublished(long At, long Sequence) : PublisherEvent(At);

/// <summary>It connected, and the relay's hello said what is stored of it.</summary>
internal sealed record PublisherJoined(long At, string Gateway, long LastSequence) : PublisherEvent(At);

/// <summary>All up to a sequence is stored, that message at a position.</summary>
internal sealed record AckTold(long At, long Sequence, Place Place) : PublisherEvent(At);

/// <summary>It lost its connection: by a close code, or by breaking off (-1), or because no acknowledgement came any more (-2).</summary>
internal sealed record PublisherLeft(long At, string Gateway, int Code) : PublisherEvent(At);
