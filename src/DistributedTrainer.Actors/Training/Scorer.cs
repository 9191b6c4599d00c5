using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>
/// Scores a part of the data: shard s of S takes rows ⌊sV/S⌋ to ⌊(s+1)V/S⌋ in order, and the shards' sums go up the reduction tree,
/// so that the figures do not depend on who computed them.
/// </summary>
internal static unsafe class Scorer
{
    /// <summary>One shard's sums; null where it has no rows.</summary>
    public static double[]? Shard(OpenedJob job, Examples part, int shard, float* parameters, NetworkPass pass, ConfusionMatrix? confusion = null)
    {
        var first = (int)((long)shard * part.Count / job.Plan.Shards);
        var end = (int)((long)(shard + 1) * part.Count / job.Plan.Shards);
        if (first == end)
            return null;
        var sums = new double[job.Metrics.SumCount];
        Span<int> rows = stackalloc int[job.Network.RowsAtOnce];
        for (; first < end; first += rows.Length)
        {
            var count = Math.Min(rows.Length, end - first);
            for (var index = 0; index < count; index++)
                rows[index] = first + index;
            part.Read(rows[..count], pass.Inputs, pass.Targets);
            pass.Evaluate(parameters, count, job.Metrics, sums, confusion);
        }

        return sums;
    }

    /// <summary>The whole part on this thread.</summary>
    /// <param name="confusion">Counts classes where asked to.</param>
    /// <param name="quantized">Weights in int8; null for those of the parameters.</param>
    public static Evaluation Whole(OpenedJob job, Examples part, float* parameters, ConfusionMatrix? confusion = null, QuantizedWeights? quantized = null)
    {
        using var pass = job.Network.CreatePass(job.Network.RowsAtOnce, quantized);
        var ledger = NewLedger(job, part);
        for (var shard = 0; shard < job.Plan.Shards; shard++)
        {
            if (Shard(job, part, shard, parameters, pass, confusion) is { } sums)
                ledger.Offer(new Slot(shard, shard + 1), sums, Add, _ => { });
        }

        return job.Metrics.Finish(ledger.Root!);
    }

    public static SlotLedger<double[]> NewLedger(OpenedJob job, Examples part)
    {
        var ledger = new SlotLedger<double[]>(job.Tree);
        ledger.Begin(shard => (long)shard * part.Count / job.Plan.Shards == (long)(shard + 1) * part.Count / job.Plan.Shards);
        return ledger;
    }

    public static void Add(double[] left, double[] right) => MetricSet.Add(left, right);
}
