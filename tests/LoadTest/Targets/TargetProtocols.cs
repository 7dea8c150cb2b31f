namespace OrleansRelay.LoadTest.Targets;

/// <summary>The protocols that the load tester speaks beside plain WebSocket messages.</summary>
internal static class TargetProtocols
{
    /// <summary>No protocol: each WebSocket message is a message of the channel.</summary>
    public const string Plain = "plain";

    private static readonly ITargetProtocol[] All = [new NatsProtocol(), new SignalRProtocol()];

    /// <summary>All names.</summary>
    public static IEnumerable<string> Names => All.Select(protocol => protocol.Name).Prepend(Plain);

    /// <summary>Finds one; null for the plain one.</summary>
    public static ITargetProtocol? Find(string name) => All.FirstOrDefault(protocol => protocol.Name == name);
}
