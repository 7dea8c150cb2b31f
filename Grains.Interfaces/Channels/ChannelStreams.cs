namespace OrleansRelay.Channels;

/// <summary>The names by which grains and gateways find the streams and the storage.</summary>
public static class ChannelStreams
{
    /// <summary>The stream provider.</summary>
    public const string Provider = "relay";

    /// <summary>The grain storage in which Orleans keeps the streams' subscriptions. The name is Orleans's own.</summary>
    public const string SubscriptionStorage = "PubSubStore";

    /// <summary>The grain storage of channels.</summary>
    public const string Storage = "channels";

    /// <summary>The stream that carries a channel's batches.</summary>
    public static StreamId Of(ChannelName channel) => StreamId.Create("channel", channel.Value);
}
