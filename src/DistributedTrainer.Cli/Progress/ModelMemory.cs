using System.Globalization;
using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Cli;

/// <summary>What training keeps in memory, in bytes, where one node does it all.</summary>
/// <param name="Parameters">Versions t and t + 1; in bfloat16 also the servers' own.</param>
/// <param name="Gradients">One sum, and one more for each thread's work; with micro-batches two a shard, in bfloat16 one for each shard.</param>
/// <param name="OptimizerState">Moments, and the moving average of the weights.</param>
/// <param name="Batch">Inputs, and outputs of all layers and the gradients by them as far as they are needed at once, for one mini-batch.</param>
internal sealed record ModelMemory(long Parameters, long Gradients, long OptimizerState, long Batch)
{
    public static ModelMemory Of(Job job, Network network, long trainRows)
    {
        long vector = network.Layout.Length * (long)sizeof(float);
        // A range of no elements has all of the rule's arrays, and costs nothing.
        using var empty = new RangeOptimizer(job.Update, network.Layout, 0, 0);
        var rows = (job.ResolveBatchSize(trainRows) + job.MicroBatches - 1) / job.MicroBatches;
        var batch = rows * (network.InputLength + network.TargetLength) * sizeof(float) + network.ActivationBytes((int)rows);
        // In bfloat16 the servers' parameters stand beside the rounded ones, and each shard has a sum of its own.
        var isHalf = job.Precision == Precision.Bfloat16;
        var shards = job.ResolveShards(trainRows);
        var sums = job.MicroBatches > 1 ? 2 * shards : isHalf ? 1 + shards : 2;
        return new ModelMemory((isHalf ? 4 : 2) * vector, sums * vector, empty.State.Count * vector, batch);
    }

    public override string ToString() =>
        $"memory {Size(Parameters + Gradients + OptimizerState + Batch)}: parameters {Size(Parameters)}, gradients {Size(Gradients)}, "
            + $"optimizer {Size(OptimizerState)}, a batch {Size(Batch)}";

    private static string Size(long bytes) => bytes switch
    {
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.##} GB"),
    };
}
