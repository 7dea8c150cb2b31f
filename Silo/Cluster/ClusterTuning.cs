using Orleans.Configuration;

namespace OrleansRelay.Silo.Cluster;

/// <summary>How fast a cluster notices that a silo is gone, each value with its reason. All measured with three silos and kill -9.</summary>
internal static class ClusterTuning
{
    /// <summary>Applies the values to a silo.</summary>
    public static ISiloBuilder Tune(this ISiloBuilder silo) => silo
        .Configure<ClusterMembershipOptions>(membership =>
        {
            // Three probes of a second: a dead silo is noticed in about 3 s; Orleans's own values take 15 to 20 s. With 500 ms, healthy silos
            // of a busy machine were voted out now and then: thread pools that stood still for 1.5 s were seen on two cores.
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.NumMissedProbesLimit = 3;

            // Probes' time-outs follow the answers they get. Not below that second, for the reason above; and not far above it: three of the
            // longest are how long a silo that stands still may be taken for alive because its connections are open.
            membership.MinProbeTimeout = TimeSpan.FromSeconds(1);
            membership.MaxProbeTimeout = TimeSpan.FromSeconds(1.5);

            // Off: the silo that is asked to probe waits for exactly as long as the one that asked, whose wait then always ends first and
            // counts for nothing. Measured: a silo that hung (SIGSTOP) was not declared dead for 10 s and more.
            membership.EnableIndirectProbes = false;

            // Two votes, where two silos are left to vote (Orleans asks for one of two): a silo that itself stands still must not vote out a
            // healthy one when it wakes up.
            membership.NumVotesForDeathDeclaration = 2;

            // The table is read again this often should a gossip be lost, and the life sign in it is for operators only.
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);

            // Until a life sign is a minute old its silo counts when votes are tallied. With Orleans's three periods all of them had run out
            // after 30 s without PostgreSQL: then a single vote was enough, and a healthy silo was voted out in each of three chaos runs.
            membership.NumMissedTableIAmAliveLimit = 12;

            // Rows of silos that went are kept for a day, for whoever looks for the reason.
            membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
            membership.DefunctSiloCleanupPeriod = TimeSpan.FromHours(1);
        })
        .Configure<GrainDirectoryOptions>(directory =>
        {
            // After a crash Orleans lets nobody wake the dead silo's grains for 30 s, should it be alive and only out of reach. Here the second
            // copy sees to that: an owner that was replaced can acknowledge nothing. With the wait, publishers paused for 26 s.
            directory.RangeLeaseDuration = TimeSpan.Zero;
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
