namespace OrleansRelay.Benchmarks.Peers;

/// <summary>The peers by name.</summary>
internal static class AllPeers
{
    public static IReadOnlyList<IPeer> List { get; } = [new NchanPeer(), new WsPeer(), new SignalRPeer(), new NatsPeer(), new GoRelayPeer()];
}
