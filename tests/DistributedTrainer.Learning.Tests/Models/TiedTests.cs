using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

public sealed unsafe class TiedTests
{
    private const int Rows = 9;

    [Fact]
    public void ASharedParameterLiesInTheVectorOnce()
    {
        var network = Tied("a", "a");
        Assert.Equal(["a.weight", "a.bias", "dense-2.bias", "dense-3.bias"], network.Layout.Parameters.Select(parameter => parameter.Name));
    }

    /// <summary>The gradient of a shared weight is the sum of what each use would have if it were alone.</summary>
    [Fact]
    public void EachUseAddsItsGradient()
    {
        var (tied, apart) = (Tied("a", "a"), Tied(null, null));
        var shared = new float[tied.Layout.Length];
        tied.Initialize(shared, 4);
        var copies = new float[apart.Layout.Length];
        foreach (var parameter in apart.Layout.Parameters)
        {
            if (parameter.IsWeight)
                shared.AsSpan(0, 25).CopyTo(copies.AsSpan(parameter.Offset));
        }

        var (one, many) = (Gradient(tied, shared), Gradient(apart, copies));
        double[] expected = new double[25];
        foreach (var weight in apart.Layout.Parameters.Where(parameter => parameter.IsWeight))
        {
            for (var i = 0; i < 25; i++)
                expected[i] += many[weight.Offset + i];
        }

        Close.To(expected, one.AsSpan(0, 25), 1e-6, "shared weight");
        foreach (var (bias, other) in tied.Layout.Parameters.Where(parameter => !parameter.IsWeight)
            .Zip(apart.Layout.Parameters.Where(parameter => !parameter.IsWeight)))
            Assert.Equal(Bits.Of(many.AsSpan(other.Offset, 5)), Bits.Of(one.AsSpan(bias.Offset, 5)));
    }

    private static Network Tied(string? second, string? third) => Network.Compile(
        [new Dense(5) { Name = "a", Activation = Activation.Tanh }, new Dense(5) { Tie = second, Activation = Activation.Gelu }, new Dense(5) { Tie = third }],
        new MeanSquaredError(), [5], 5, 0);

    private static float[] Gradient(Network network, float[] parameters)
    {
        using var pass = network.CreatePass(Rows);
        new Philox(3, RandomPurpose.BenchmarkData).FillNormal(pass.Inputs, Rows * 5, 1, 0, 0);
        new Philox(3, RandomPurpose.BenchmarkData).FillNormal(pass.Targets, Rows * 5, 2, 0, 0);
        var gradient = new float[network.Layout.Length];
        var sums = default(StepSums);
        fixed (float* w = parameters, g = gradient)
            pass.Gradient(w, [new SlotWork(ShardTree.Segments([3, 2, 4]), g, &sums)]);
        return gradient;
    }
}
