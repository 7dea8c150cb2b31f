namespace OrleansRelay.Gateway.Standalone;

/// <summary>A gateway without a silo in its process; the Embedded engine has no cluster to join.</summary>
internal static class StandaloneGateway
{
    /// <summary>Says so.</summary>
    public static Task<int> RunAsync(string[] args)
    {
        _ = args;
        return Console.Error.WriteLineAsync(
                "A gateway of its own needs the Orleans engine (build with -p:RelayEngine=Orleans). On the Embedded engine the silo serves as the gateway too: ./relay run.")
            .ContinueWith(static _ => 2, TaskScheduler.Default);
    }
}
