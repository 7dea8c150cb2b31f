namespace OrleansRelay.Chaos.History;

/// <summary>All that publishers and viewers of one channel saw, each in its own order.</summary>
internal sealed record ChannelHistory(string Channel, IReadOnlyList<PublisherHistory> Publishers, IReadOnlyList<ViewerHistory> Viewers);

/// <summary>What one publisher did and was told.</summary>
internal sealed record PublisherHistory(string Publisher, IReadOnlyList<PublisherEvent> Events);

/// <summary>What one viewer saw.</summary>
internal sealed record ViewerHistory(string Viewer, IReadOnlyList<ViewerEvent> Events);
