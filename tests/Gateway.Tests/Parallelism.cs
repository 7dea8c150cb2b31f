// These tests wait more than they compute: for timers, leases and closes.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
