namespace DistributedTrainer.Coordination;

/// <summary>Which checkpoints stay on disk.</summary>
public static class CheckpointRetention
{
    /// <param name="complete">Versions that have a valid manifest.</param>
    /// <param name="keep">How many of the newest stay.</param>
    /// <param name="best">The version of the best epoch so far, which stays where it is a checkpoint; −1 for none.</param>
    /// <returns>The versions to remove, oldest first.</returns>
    public static IReadOnlyList<long> Obsolete(IEnumerable<long> complete, int keep, long best)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        return [.. complete.OrderDescending().Skip(keep).Where(version => version != best).Order()];
    }
}
