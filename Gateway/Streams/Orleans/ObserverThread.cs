namespace OrleansRelay.Gateway.Streams;

/// <summary>On whose thread the engine calls the observer of a stream.</summary>
internal static class ObserverThread
{
    /// <summary>Orleans: one call at a time for all streams of a client, so what takes long in one channel would hold up the others.</summary>
    public static bool IsShared => true;
}
