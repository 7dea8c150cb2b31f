using OrleansRelay.Channels;

namespace OrleansRelay.Benchmarks.Viewers;

/// <summary>The product's defaults, as a channel hands them to its viewers.</summary>
internal static class Settings
{
    public static ChannelSettings OfChannel { get; } = new()
    {
        MaxMessageBytes = 10 << 20,
        ViewerQueueBytes = 1 << 20,
        ViewerQueueMessages = 10_000,
        SlowViewers = SlowViewerPolicy.Disconnect,
    };
}
