namespace DistributedTrainer.Learning.Tests;

public sealed class InitializerTests
{
    private const int Inputs = 200;
    private const int Units = 100;

    public static TheoryData<InitializerSpec, double> Random => new()
    {
        { InitializerSpec.GlorotUniform, 2.0 / (Inputs + Units) },
        { InitializerSpec.GlorotNormal, 2.0 / (Inputs + Units) },
        { InitializerSpec.HeUniform, 2.0 / Inputs },
        { InitializerSpec.HeNormal, 2.0 / Inputs },
    };

    [Theory]
    [MemberData(nameof(Random))]
    public void MeanAndVariance(InitializerSpec initializer, double variance)
    {
        // 20,000 numbers: the mean's deviation is sigma/141, the variance's about 1 %; five of each are allowed.
        var weights = Weights(initializer, 1);
        Assert.Equal(0, weights.Average(), 5 * Math.Sqrt(variance / weights.Length));
        Assert.Equal(variance, weights.Average(weight => (double)weight * weight), 0.05 * variance);
        if (initializer.Kind is InitializerKind.GlorotUniform or InitializerKind.HeUniform)
            Assert.All(weights, weight => Assert.InRange(weight, -Math.Sqrt(3 * variance) * 1.000001, Math.Sqrt(3 * variance)));
    }

    [Theory]
    [MemberData(nameof(Random))]
    public void KeyedBySeedAndName(InitializerSpec initializer, double variance)
    {
        Assert.True(variance > 0);
        var weights = Weights(initializer, 1);
        Assert.Equal(weights, Weights(initializer, 1));
        Assert.NotEqual(weights, Weights(initializer, 2));
        Assert.NotEqual(weights, Weights(initializer, 1, "other"));
    }

    [Fact]
    public void ALayersNumbersDoNotDependOnTheLayersBeforeIt()
    {
        Dense hidden = new(7) { Name = "hidden" }, output = new(3) { Name = "output" };
        var shallow = Network.Compile([output], new CrossEntropy(), [7], 1, 3);
        var deep = Network.Compile([hidden, output], new CrossEntropy(), [7], 1, 3);
        var (alone, behind) = (new float[shallow.Layout.Length], new float[deep.Layout.Length]);
        shallow.Initialize(alone, 5);
        deep.Initialize(behind, 5);
        Assert.Equal(alone, behind[deep.Layout.Parameters[2].Offset..]);
    }

    [Fact]
    public void ZerosAndConstantAndBias()
    {
        Assert.All(Weights(InitializerSpec.Zeros, 1), weight => Assert.Equal(0, weight));
        Assert.All(Weights(InitializerSpec.Constant(0.25), 1), weight => Assert.Equal(0.25f, weight));
        var network = Network.Compile([new Dense(4)], new MeanSquaredError(), [3], 4, 0);
        var parameters = Enumerable.Repeat(9f, network.Layout.Length).ToArray();
        network.Initialize(parameters, 1);
        Assert.Equal(new float[4], parameters[12..]);
        Assert.Throws<ArgumentException>(() => network.Initialize(new float[15], 1));
    }

    private static float[] Weights(InitializerSpec initializer, ulong seed, string name = "dense-1")
    {
        var network = Network.Compile(
            [new Dense(Units) { Initializer = initializer, Bias = false, Name = name }], new MeanSquaredError(), [Inputs], Units, 0);
        var parameters = new float[network.Layout.Length];
        network.Initialize(parameters, seed);
        return parameters;
    }
}
