using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors.Tests;

public unsafe class MicroBatchesTests
{
    /// <summary>What <c>validate</c> counts as the memory of gradients: a shard's sum, and that of the part which is added to it.</summary>
    [Theory, InlineData(Precision.Float32), InlineData(Precision.Bfloat16)]
    public void Two_gradient_vectors_a_shard_are_enough(Precision precision)
    {
        var job = SmallJobs.Digits with { Precision = precision, MicroBatches = 4 };
        using var opened = OpenedJob.Open("job", JobFile.Format(job), servers: 1);
        using var pass = new GrowingPass(opened.Network, job.Seed);
        using var parameters = new FloatBuffer(opened.Network.Layout.Length);
        InitialWeights.Write(job, opened.Network, parameters.Span);
        var pool = new BufferPool();
        var parts = new MicroBatches(opened, pool);
        for (var step = 0; step < 3; step++)
        {
            var sums = parts.Compute(new ComputeStep(step, 0, opened.Plan.Shards, null), pass.For, parameters.Pointer);
            Assert.Equal(8, sums.Count);
            PartialTree.Merge(opened, sums).Single().Buffer.Release();
            Assert.Equal(2 * 8, pool.Made);
        }
    }
}
