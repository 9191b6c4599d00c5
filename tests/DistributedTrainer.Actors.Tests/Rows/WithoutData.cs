using DistributedTrainer.Data;

namespace DistributedTrainer.Actors.Tests;

/// <summary>A node on which no file of any job is.</summary>
internal static class WithoutData
{
    public static NodeOptions Node { get; } = new() { Opener = _ => throw new DataException("x.idx: no such file.") { IsMissing = true } };

    /// <summary>The least cache that there is.</summary>
    public static NodeOptions SmallNode { get; } = Node with { Hocon = "dtrain.rows.cache-limit = 64 KiB" };
}
