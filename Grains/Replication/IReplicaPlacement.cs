namespace OrleansRelay.Grains.Replication;

/// <summary>Where copies go: what a channel must know of the cluster.</summary>
public interface IReplicaPlacement
{
    /// <summary>This silo.</summary>
    string Here { get; }

    /// <summary>Grows with every change of the cluster: after one, a copy may be gone or in the wrong place.</summary>
    long Version { get; }

    /// <summary>Whether there is a silo besides this one to hold a copy.</summary>
    bool HasOtherSilo { get; }

    /// <summary>Makes the calls of this turn that create a grain create it on another silo than this one, if there is one.</summary>
    /// <returns>Ends that when disposed.</returns>
    IDisposable CreateElsewhere(string key);
}

/// <summary>One process: there is nowhere to put a copy.</summary>
internal sealed class NoReplicas : IReplicaPlacement, IDisposable
{
    public string Here => "";

    public long Version => 0;

    public bool HasOtherSilo => false;

    public IDisposable CreateElsewhere(string key) => this;

    public void Dispose()
    {
    }
}
