// Each test runs up to five processes: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
