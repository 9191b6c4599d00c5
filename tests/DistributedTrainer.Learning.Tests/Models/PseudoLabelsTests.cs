namespace DistributedTrainer.Learning.Tests;

public unsafe class PseudoLabelsTests
{
    private static readonly PseudoLabels Labels = new(Rows: 3, Rounds: 2, Every: 10);

    [Fact]
    public void Lie_behind_everything_that_is_saved()
    {
        var network = Network.Compile([new Dense(4), new BatchNorm(), new Dense(2)], new CrossEntropy(), [3], 1, 2, labels: Labels);
        var plain = Network.Compile([new Dense(4), new BatchNorm(), new Dense(2)], new CrossEntropy(), [3], 1, 2);
        Assert.Equal((plain.Layout.Length, plain.Layout.Length + 5, plain.Layout.TrainedLength), (network.Layout.SavedLength, network.Layout.Length, network.Layout.TrainedLength));
        Assert.Equal(plain.Layout.Length, network.Layout.PseudoLabels!.Begin);
        var parameters = new float[network.Layout.Length];
        Array.Fill(parameters, 7);
        network.Initialize(parameters, seed: 1);
        Assert.All(parameters[^5..], entry => Assert.Equal(0, entry));
    }

    [Fact]
    public void Rounds_are_at_the_steps_that_begin_an_epoch() =>
        Assert.Equal([(10L, 0), (20L, 1)], Enumerable.Range(0, 40).Select(step => ((long)step, Labels.RoundAt(step))).Where(pair => pair.Item2 >= 0));

    [Fact]
    public void A_round_replaces_all_labels_and_counts_them_and_other_steps_keep_both()
    {
        var layout = new ParameterLayout([new Parameter("w", [2], 0, true)], [], Labels);
        float[] current = [1, 1, 5, 0, 2, 2, 0];
        Assert.Equal([5, 0, 2, 2, 0], Update(layout, current, [0, 0, 9, 9, 9, 9, 9], [0, 0, 9, 9, 9, 9, 9], step: 19));
        // Three and none, and one of the other half: class 2 for the first row, class 0 for the last.
        Assert.Equal([3, 0, 1, 2, 2], Update(layout, current, [0, 0, 3, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0, 0], step: 20));
        Assert.Equal([0, 0, 0, 2, 0], Update(layout, current, [0, 0, 0, 0, 0, 0, 0], null, step: 20));
        fixed (float* vector = current)
            Assert.Equal([4, -1, 1], [layout.PseudoLabels!.ClassOf(vector, 0), layout.PseudoLabels.ClassOf(vector, 1), layout.PseudoLabels.ClassOf(vector, 2)]);
    }

    [Fact]
    public void Slots_add_what_their_shards_have_labelled()
    {
        var layout = new ParameterLayout([new Parameter("w", [2], 0, true)], [], Labels);
        float[] left = [1, 2, 4, 0, 0, 0, 0], right = [3, 4, 0, 0, 6, 0, 0];
        fixed (float* first = left, second = right)
            layout.AddGradients(0, 7, first, 5, second, 5);
        Assert.Equal([4, 6, 4, 0, 6, 0, 0], left);
    }

    [Theory]
    [InlineData(new float[] { 0, 0 }, 0, 0.5)]
    [InlineData(new float[] { 1, 3, 3 }, 1, 0.46831053)]
    [InlineData(new float[] { -200, 200 }, 1, 1)]
    [InlineData(new float[] { 1, float.NaN }, -1, 0)]
    public void Confidence_is_the_largest_probability(float[] logits, int expected, double probability)
    {
        var (found, sure) = Confidence.Of(logits);
        Assert.Equal(expected, found);
        Assert.Equal(probability, sure, 1e-7);
    }

    private static float[] Update(ParameterLayout layout, float[] current, float[] sum, float[]? addend, long step)
    {
        using var optimizer = new RangeOptimizer(new UpdateSpec(new GradientDescent { LearningRate = 0.1 }), layout, 0, layout.Length);
        var next = new float[layout.Length];
        float[] left = [.. sum];
        fixed (float* from = current, to = next, gradient = left, other = addend)
            optimizer.Update(0, layout.Length, from, to, gradient, other, new StepSums(1, 1, 2), 1, new StepTerms(step, 0.1));
        return next[^5..];
    }
}
