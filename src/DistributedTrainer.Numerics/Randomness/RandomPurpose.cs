namespace DistributedTrainer.Numerics;

/// <summary>What a random number is for: the second half of the key, so that no two uses share a number. Values never change.</summary>
public enum RandomPurpose
{
    Initialization = 1,
    Permutation = 2,
    Split = 3,
    Dropout = 4,
    Augmentation = 5,
    BenchmarkData = 6,
    Sampling = 7,
    Experiment = 8,
}
