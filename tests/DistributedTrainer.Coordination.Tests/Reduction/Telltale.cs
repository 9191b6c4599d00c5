namespace DistributedTrainer.Coordination.Tests;

/// <summary>Values whose float sum betrays the order of its additions: magnitudes and signs far apart.</summary>
internal static class Telltale
{
    public static float Value(int shard) => (shard % 2 == 0 ? 1 : -1) * MathF.ScaleB(1 + (shard * 0.37f % 1), shard * 7 % 23);
}
