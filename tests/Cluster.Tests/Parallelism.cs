// Clusters on two cores, one after another: two at once would vote each other's silos out.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
