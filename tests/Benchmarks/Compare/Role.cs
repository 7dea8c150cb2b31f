namespace OrleansRelay.Benchmarks.Compare;

/// <summary>How the relay is judged by a contender.</summary>
internal enum Role
{
    /// <summary>Another maker's relay. The relay's CPU per delivery must be below this one's.</summary>
    Peer,

    /// <summary>Another maker's relay without a gate.</summary>
    PeerWithoutGate,

    /// <summary>The plain ASP.NET Core relay, without a gate.</summary>
    Plain,

    /// <summary>The floor program. Every ratio is over its CPU per delivery.</summary>
    Floor,

    /// <summary>The relay itself.</summary>
    Relay,
}
