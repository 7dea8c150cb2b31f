using Orleans.Runtime.Placement;
using OrleansRelay.Grains.Replication;

namespace OrleansRelay.Silo.Cluster;

/// <summary>Places second copies by the cluster's membership: on an active silo that is not this one.</summary>
internal sealed class ReplicaPlacement(IClusterMembershipService membership, ILocalSiloDetails local) : IReplicaPlacement
{
    /// <inheritdoc/>
    public string Here { get; } = local.SiloAddress.ToString();

    /// <inheritdoc/>
    public long Version => Math.Max(1, membership.CurrentSnapshot.Version.Value);

    /// <inheritdoc/>
    public bool HasOtherSilo => Others().Any();

    /// <summary>Silos are ranked for each channel by a hash of both, so the copies of one silo's channels are spread over all others.</summary>
    public IDisposable CreateElsewhere(string key)
    {
        var best = Others().OrderByDescending(silo => HashCode.Combine(silo.GetConsistentHashCode(), string.GetHashCode(key, StringComparison.Ordinal))).FirstOrDefault();
        return best is null ? Hint.None : new Hint(best);
    }

    private IEnumerable<SiloAddress> Others() => membership.CurrentSnapshot.Members.Values
        .Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(local.SiloAddress))
        .Select(member => member.SiloAddress);

    /// <summary>Orleans places a grain where the request that creates it hints at.</summary>
    private sealed class Hint : IDisposable
    {
        public static readonly Hint None = new();

        private readonly object? _former;
        private readonly bool _isSet;

        public Hint(SiloAddress silo)
        {
            _former = RequestContext.Get(IPlacementDirector.PlacementHintKey);
            _isSet = true;
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        }

        private Hint()
        {
        }

        public void Dispose()
        {
            if (!_isSet)
            {
                return;
            }

            if (_former is null)
            {
                RequestContext.Remove(IPlacementDirector.PlacementHintKey);
            }
            else
            {
                RequestContext.Set(IPlacementDirector.PlacementHintKey, _former);
            }
        }
    }
}
