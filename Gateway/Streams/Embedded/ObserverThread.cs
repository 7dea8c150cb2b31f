namespace OrleansRelay.Gateway.Streams;

/// <summary>On whose thread the engine calls the observer of a stream.</summary>
internal static class ObserverThread
{
    /// <summary>Embedded: on that of the grain that publishes, so the channels don't wait for each other.</summary>
    public static bool IsShared => false;
}
