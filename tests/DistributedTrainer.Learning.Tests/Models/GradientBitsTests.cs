using System.Runtime.Loader;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

/// <summary>Who computes a shard, in which pass and beside which rows, and with which vectors, does not change a bit.</summary>
public sealed class GradientBitsTests
{
    public static TheoryData<Activation, LossSpec, int, int> Cases => new()
    {
        { Activation.Relu, new CrossEntropy(), 64, 8 },
        { Activation.Gelu, new CrossEntropy { LabelSmoothing = 0.1 }, 61, 8 },
        { Activation.Softmax, new MeanSquaredError(), 29, 8 },
        { Activation.Tanh, new Huber(), 30, 7 },
        { Activation.Silu, new MeanAbsoluteError(), 5, 8 },
        { Activation.Softplus, new MeanSquaredError(), 3, 11 },
        { Activation.Elu, new CrossEntropy(), 1, 1 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void OnePassAndManyPassesAgree(Activation activation, LossSpec loss, int rows, int shards)
    {
        var sharded = new ShardedGradient(activation, loss, rows, shards);
        var (gradient, sums) = sharded.InOneSlot();
        foreach (var (otherGradient, otherSums) in (ReadOnlySpan<(int[], StepSums)>)
            [sharded.InOnePass(), sharded.InPassesOfTheirOwn(), sharded.InReverse()])
        {
            Assert.Equal(gradient, otherGradient);
            Assert.Equal(sums, otherSums);
        }

        Assert.Equal(rows, sums.Samples);
        Assert.Equal(loss is CrossEntropy ? rows : rows * 10, sums.Denominator);
        Assert.Contains(gradient, bits => bits != 0);
    }

    [Theory]
    [MemberData(nameof(LayerModels.Names), MemberType = typeof(LayerModels))]
    public void SoDoModelsOfEveryLayer(string name)
    {
        var (layers, inputShape) = LayerModels.All[name];
        foreach (var (rows, shards) in (ReadOnlySpan<(int, int)>)[(23, 8), (16, 2), (9, 3)])
        {
            var sharded = new ShardedGradient(layers, inputShape, new CrossEntropy(), rows, shards);
            var (gradient, sums) = sharded.InOneSlot();
            foreach (var (otherGradient, otherSums) in (ReadOnlySpan<(int[], StepSums)>)
                [sharded.InOnePass(), sharded.InPassesOfTheirOwn(), sharded.InReverse()])
            {
                Assert.Equal(gradient, otherGradient);
                Assert.Equal(sums, otherSums);
            }

            Assert.Contains(gradient, bits => bits != 0);
        }
    }

    /// <summary>
    /// Gradients, losses and AdamW steps of 33 small networks. Another processor, runtime switch or C library must give the same;
    /// a change of the arithmetic changes this line, the arithmetic version and the hashes of the ready jobs together.
    /// </summary>
    [Fact]
    public void TheBitsAreThePromisedOnes() => Assert.Equal("8988140f040b", ShardedGradient.Digest().Split(' ')[1][..12]);

    [Theory]
    [InlineData("scalar", nameof(VectorWidth.Scalar))]
    [InlineData("128", nameof(VectorWidth.Bits128))]
    [InlineData("256", nameof(VectorWidth.Bits256))]
    [InlineData("512", nameof(VectorWidth.Bits512))]
    public void EveryVectorWidthAgrees(string forced, string width)
    {
        var there = DigestsAt(forced);
        foreach (var (here, other) in (ReadOnlySpan<(string, string)>)
            [(ShardedGradient.Digest(), there.Dense), (ShardedGradient.LayerDigest(), there.Layers)])
        {
            Assert.StartsWith(width, other);
            Assert.Equal(here.Split(' ')[1], other.Split(' ')[1]);
        }
    }

    /// <summary>The width is chosen once a process, so another choice needs the assemblies loaded once more.</summary>
    private static (string Dense, string Layers) DigestsAt(string forced)
    {
        var context = new AssemblyLoadContext(forced, isCollectible: true);
        var folder = Path.GetDirectoryName(typeof(GradientBitsTests).Assembly.Location)!;
        context.Resolving += (own, name) => name.Name!.StartsWith("DistributedTrainer.")
            ? own.LoadFromAssemblyPath(Path.Combine(folder, name.Name + ".dll"))
            : null;
        var numerics = context.LoadFromAssemblyPath(typeof(VectorPath).Assembly.Location);
        context.LoadFromAssemblyPath(typeof(Network).Assembly.Location);
        var tests = context.LoadFromAssemblyPath(typeof(GradientBitsTests).Assembly.Location);
        var before = Environment.GetEnvironmentVariable(VectorPath.EnvironmentVariable);
        Environment.SetEnvironmentVariable(VectorPath.EnvironmentVariable, forced);
        try
        {
            numerics.GetType(typeof(VectorPath).FullName!)!.GetProperty(nameof(VectorPath.Current))!.GetValue(null);
        }
        finally
        {
            Environment.SetEnvironmentVariable(VectorPath.EnvironmentVariable, before);
        }

        var type = tests.GetType(typeof(ShardedGradient).FullName!)!;
        var dense = (string)type.GetMethod(nameof(ShardedGradient.Digest))!.Invoke(null, null)!;
        var layers = (string)type.GetMethod(nameof(ShardedGradient.LayerDigest))!.Invoke(null, null)!;
        context.Unload();
        return (dense, layers);
    }
}
