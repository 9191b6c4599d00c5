// Clusters in one process share its cores: one at a time keeps every wait far from its bound.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
