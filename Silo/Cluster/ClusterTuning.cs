using Orleans.Configuration;

namespace OrleansRelay.Silo.Cluster;

/// <summary>How fast a cluster notices that a silo is gone, each value with its reason. All measured with three silos and kill -9.</summary>
internal static class ClusterTuning
{
    /// <summary>Applies the values to a silo.</summary>
    public static ISiloBuilder Tune(this ISiloBuilder silo) => silo
        .Configure<ClusterMembershipOptions>(membership =>
        {
            // Three probes of 500 ms: a dead silo is noticed in about 2 s; Orleans's own values take 15 to 20 s. A pause of the garbage
            // collector or a busy node is far shorter than 1.5 s.
            membership.ProbeTimeout = TimeSpan.FromMilliseconds(500);
            membership.NumMissedProbesLimit = 3;

            // One vote: with two or three silos the second voter is often the one that died. A silo that is voted out wrongly restarts,
            // and its channels come back from their replicas.
            membership.NumVotesForDeathDeclaration = 1;

            // The table is read again this often should a gossip be lost, and the life sign in it is for operators only.
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);

            // Rows of silos that went are kept for a day, for whoever looks for the reason.
            membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
            membership.DefunctSiloCleanupPeriod = TimeSpan.FromHours(1);
        })
        .Configure<SiloMessagingOptions>(messaging =>
        {
            // A call to a silo that died stays pending until this time-out, whatever membership says: with the default of 30 s every
            // crash is an outage of 30 s. Callers retry, and the grain recognises what it has.
            messaging.ResponseTimeout = TimeSpan.FromSeconds(2);
            messaging.SystemResponseTimeout = TimeSpan.FromSeconds(5);

            // A gateway that died is dropped, and its subscriptions with it, after this.
            messaging.ClientDropTimeout = TimeSpan.FromSeconds(10);
        });
}
