using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning.Tests;

public sealed unsafe class NetworkPassTests
{
    private const int Rows = 48;
    private static readonly Network Classifier = Network.Compile(
        [new Dense(33) { Activation = Activation.Gelu }, new Dense(5)], new CrossEntropy(), [20], 1, 5);

    [Fact]
    public void ARowsOutputDoesNotDependOnOtherRows()
    {
        using var parameters = Parameters();
        using var pass = Filled(Classifier, Rows);
        var together = Bits.Of(new(pass.Predict(parameters.Pointer, Rows), Rows * 5));
        using var single = Classifier.CreatePass(1);
        for (var row = 0; row < Rows; row++)
        {
            new Span<float>(pass.Inputs + row * 20, 20).CopyTo(new(single.Inputs, 20));
            Assert.Equal(together.AsSpan(row * 5, 5).ToArray(), Bits.Of(new(single.Predict(parameters.Pointer, 1), 5)));
        }
    }

    [Fact]
    public void EvaluateSumsWhatGradientSums()
    {
        using var parameters = Parameters();
        using var gradient = new FloatBuffer(Classifier.Layout.Length);
        using var pass = Filled(Classifier, Rows);
        var step = default(StepSums);
        pass.Gradient(parameters.Pointer, [new SlotWork(new[] { new Segment(Rows, 0) }, gradient.Pointer, &step)]);
        var metrics = new MetricSet(MetricSet.DefaultFor(new CrossEntropy()), new CrossEntropy(), 5);
        var sums = new double[metrics.SumCount];
        pass.Evaluate(parameters.Pointer, Rows, metrics, sums);
        Assert.Equal([step.Loss, step.Denominator, step.Samples], sums[..3]);

        var output = pass.Predict(parameters.Pointer, Rows);
        var correct = 0;
        for (var row = 0; row < Rows; row++)
            correct += Reduction.ArgMax(output + row * 5, 5) == (int)pass.Targets[row] ? 1 : 0;
        Assert.Equal((double)correct / Rows, metrics.Finish(sums).Metrics[0].Value);

        // A second chunk adds to the same sums.
        pass.Evaluate(parameters.Pointer, Rows, metrics, sums);
        Assert.Equal(2 * Rows, sums[2]);
    }

    [Fact]
    public void ASteadyStepAllocatesNothing()
    {
        using var parameters = Parameters();
        using var gradient = new FloatBuffer(Classifier.Layout.Length);
        using var pass = Filled(Classifier, Rows);
        using var optimizer = new RangeOptimizer(
            new Adam { LearningRate = 0.01 }, new PenaltySpec(0, 1e-4), Classifier.Layout, 0, Classifier.Layout.Length);
        var metrics = new MetricSet([new(MetricKind.Accuracy), new(MetricKind.TopK, 2)], new CrossEntropy(), 5);
        var sums = new double[metrics.SumCount];
        var segments = ShardTree.Segments(ShardTree.SliceRows(Rows, 8));
        var step = stackalloc StepSums[1];
        SlotWork[] slots = [new SlotWork(segments, gradient.Pointer, step)];

        Step(0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var t = 1; t <= 10; t++)
            Step(t);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step(int t)
        {
            pass.Gradient(parameters.Pointer, slots);
            optimizer.Update(parameters.Pointer, parameters.Pointer, gradient.Pointer, step->Denominator, t);
            pass.Evaluate(parameters.Pointer, Rows, metrics, sums);
        }
    }

    [Theory]
    [InlineData(Activation.None)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.LeakyRelu)]
    [InlineData(Activation.Elu)]
    [InlineData(Activation.Sigmoid)]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.GeluTanh)]
    [InlineData(Activation.Silu)]
    [InlineData(Activation.Softplus)]
    [InlineData(Activation.Softmax)]
    public void NotANumberReachesLossAndGradient(Activation activation)
    {
        LossSpec[] losses = [new MeanSquaredError(), new MeanAbsoluteError(), new Huber(), new CrossEntropy()];
        foreach (var loss in losses)
        {
            var network = Network.Compile(
                [new Dense(9) { Activation = activation }, new Dense(3)], loss, [20], loss is CrossEntropy ? 1 : 3, loss is CrossEntropy ? 3 : 0);
            using var parameters = new FloatBuffer(network.Layout.Length);
            network.Initialize(parameters.Span, 1);
            using var gradient = new FloatBuffer(network.Layout.Length);
            using var pass = Filled(network, 4);
            pass.Inputs[25] = float.NaN;
            var sums = default(StepSums);
            pass.Gradient(parameters.Pointer, [new SlotWork(new[] { new Segment(4, 0) }, gradient.Pointer, &sums)]);
            Assert.True(double.IsNaN(sums.Loss), $"{activation} with {loss}: loss {sums.Loss}");
            Assert.All(gradient.Span[^3..].ToArray(), value => Assert.True(float.IsNaN(value), $"{activation} with {loss}: gradient {value}"));
        }
    }

    [Theory]
    [InlineData(20, 9, 2)] // small layers are final as a whole
    [InlineData(1024, 700, 4)] // 716,800 weights: in parts of 240 rows
    public void WhatIsCalledFinalDuringThePassIsFinal(int inputs, int units, int calls)
    {
        var network = Network.Compile([new Dense(units) { Activation = Activation.Relu }, new Dense(5)], new CrossEntropy(), [inputs], 1, 5);
        using var parameters = new FloatBuffer(network.Layout.Length);
        network.Initialize(parameters.Span, 1);
        using var gradient = new FloatBuffer(network.Layout.Length);
        using var whole = new FloatBuffer(network.Layout.Length);
        using var pass = Filled(network, Rows);
        var sums = stackalloc StepSums[1];
        var segments = ShardTree.Segments(ShardTree.SliceRows(Rows, 3));
        gradient.Span.Fill(float.NaN);
        var observer = new Watcher(gradient);
        pass.Gradient(parameters.Pointer, [new SlotWork(segments, gradient.Pointer, sums)], observer);
        pass.Gradient(parameters.Pointer, [new SlotWork(segments, whole.Pointer, sums)]);
        Assert.Equal(Bits.Of(whole.Span), Bits.Of(gradient.Span));
        Assert.Equal(Rows, observer.Losses);
        Assert.Equal(calls, observer.Seen.Count);
        Assert.Equal(0, observer.Seen[^1].Element);
        Assert.Equal(observer.Seen.OrderByDescending(seen => seen.Element), observer.Seen);
        foreach (var (element, values) in observer.Seen)
            Assert.Equal(Bits.Of(gradient.Span[element..]), Bits.Of(values));
    }

    [Fact]
    public void RefusesMoreRowsThanItHasRoomFor()
    {
        using var parameters = Parameters();
        using var pass = Filled(Classifier, 4);
        using var gradient = new FloatBuffer(Classifier.Layout.Length);
        var sums = stackalloc StepSums[1];
        Assert.Throws<ArgumentException>(() => pass.Predict(parameters.Pointer, 5));
        SlotWork[] slots = [new SlotWork(new[] { new Segment(5, 0) }, gradient.Pointer, sums)];
        Assert.Throws<ArgumentException>(() => pass.Gradient(parameters.Pointer, slots));
        Assert.Throws<ArgumentOutOfRangeException>(() => Classifier.CreatePass(0));
    }

    [Theory]
    [InlineData(5f)]
    [InlineData(-1f)]
    [InlineData(1.5f)]
    [InlineData(float.NaN)]
    public void RefusesATargetThatIsNoClass(float target)
    {
        using var parameters = Parameters();
        using var pass = Filled(Classifier, 4);
        pass.Targets[2] = target;
        var metrics = new MetricSet([], new CrossEntropy(), 5);
        var error = Assert.Throws<ArgumentException>(() => pass.Evaluate(parameters.Pointer, 4, metrics, new double[metrics.SumCount]));
        Assert.Contains("from 0 to 4", error.Message);
    }

    private static FloatBuffer Parameters()
    {
        var parameters = new FloatBuffer(Classifier.Layout.Length);
        Classifier.Initialize(parameters.Span, 2);
        return parameters;
    }

    private static NetworkPass Filled(Network network, int rows)
    {
        var pass = network.CreatePass(rows);
        new Philox(3, RandomPurpose.BenchmarkData).FillNormal(pass.Inputs, rows * network.InputLength, 1, 0, 0);
        for (var i = 0; i < rows * network.TargetLength; i++)
            pass.Targets[i] = i % 3;
        return pass;
    }

    /// <summary>Copies what is final at each call.</summary>
    private sealed class Watcher(FloatBuffer gradient) : IGradientObserver
    {
        public int Losses { get; private set; }

        public List<(int Element, float[] Values)> Seen { get; } = [];

        public void LossKnown(ReadOnlySpan<float> losses)
        {
            Assert.Empty(Seen);
            Losses = losses.Length;
        }

        public void FinalFrom(int element) => Seen.Add((element, gradient.Span[element..].ToArray()));
    }
}
