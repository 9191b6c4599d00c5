namespace DistributedTrainer.Learning.Tests;

public sealed class CompileTests
{
    [Fact]
    public void LaysParametersOutInFileOrder()
    {
        var network = Network.Compile(
            [new Dense(8), new Dense(5) { Name = "middle", Bias = false }, new Dense(3)], new CrossEntropy(), [2, 3], 1, 3);
        Assert.Equal(
            ["dense-1.weight", "dense-1.bias", "middle.weight", "dense-3.weight", "dense-3.bias"],
            network.Layout.Parameters.Select(parameter => parameter.Name));
        Assert.Equal([0, 48, 56, 96, 111], network.Layout.Parameters.Select(parameter => parameter.Offset));
        Assert.Equal([true, false, true, true, false], network.Layout.Parameters.Select(parameter => parameter.IsWeight));
        Assert.Equal([8, 6], network.Layout.Parameters[0].Shape);
        Assert.Equal((114, 6, 1, 3), (network.Layout.Length, network.InputLength, network.TargetLength, network.OutputLength));
        Assert.Equal([("dense-1", 56), ("middle", 40), ("dense-3", 18)], network.Summary.Select(line => (line.Name, line.Parameters)));
        Assert.All(network.Summary, line => Assert.Equal("dense", line.Kind));
        Assert.Equal([8], network.Summary[0].OutputShape);
    }

    [Theory]
    [InlineData(4, 1, 3, "'dense-1' gives (4), but loss cross-entropy needs (3)")]
    [InlineData(3, 2, 3, "at each of 2 positions one output for each of 3 classes")]
    [InlineData(1, 1, 0, "at least 2 classes, the target has 0")]
    public void RefusesCrossEntropyThatDoesNotFit(int units, int targets, int classes, string message) =>
        Refuses(message, [new Dense(units)], new CrossEntropy(), [4], targets, classes);

    [Theory]
    [InlineData(2, 1, 2, "'dense-1' gives (2), but loss binary-cross-entropy needs (1)")]
    [InlineData(1, 1, 3, "needs 2 classes, the target has 3; use cross-entropy")]
    public void RefusesBinaryCrossEntropyThatDoesNotFit(int units, int targets, int classes, string message) =>
        Refuses(message, [new Dense(units)], new BinaryCrossEntropy(), [4], targets, classes);

    [Fact]
    public void RefusesOutputsThatAreNotTheTargetColumns() =>
        Refuses("'out' gives (2), but loss huber needs (3)", [new Dense(2) { Name = "out" }], new Huber(), [4], 3, 0);

    [Fact]
    public void RefusesAnActivationThatTheLossApplies()
    {
        Refuses(
            "'dense-2' ends in softmax, but loss cross-entropy takes logits",
            [new Dense(4) { Activation = Activation.Softmax }, new Dense(3) { Activation = Activation.Softmax }],
            new CrossEntropy(), [4], 1, 3);
        Refuses(
            "remove the activation", [new Dense(1) { Activation = Activation.Sigmoid }], new BinaryCrossEntropy(), [4], 1, 2);
    }

    [Fact]
    public void RefusesWhatIsNoModel()
    {
        Refuses("no layers", [], new MeanSquaredError(), [4], 1, 0);
        Refuses("'dense-1' has 0 units", [new Dense(0), new Dense(1)], new MeanSquaredError(), [4], 1, 0);
        Refuses("both named 'a'", [new Dense(2) { Name = "a" }, new Dense(1) { Name = "a" }], new MeanSquaredError(), [4], 1, 0);
        Refuses("both named 'dense-2'", [new Dense(2) { Name = "dense-2" }, new Dense(1)], new MeanSquaredError(), [4], 1, 0);
        Refuses("empty name", [new Dense(1) { Name = " " }], new MeanSquaredError(), [4], 1, 0);
        Refuses("input shape is (4, 0)", [new Dense(1)], new MeanSquaredError(), [4, 0], 1, 0);
        Refuses("parameters; at most", [new Dense(70_000), new Dense(70_000)], new MeanSquaredError(), [4], 70_000, 0);
    }

    [Fact]
    public void InnerLayersAreNamedAfterTheirPlace()
    {
        var network = Network.Compile(
            [new Residual([new Dense(4) { Activation = Activation.Relu }, new Dense(4)]), new Dense(4), new Residual([new Dense(4)]) { Name = "last" }],
            new MeanSquaredError(), [4], 4, 0);
        Assert.Equal(
            ["residual-1.dense-1.weight", "residual-1.dense-2.weight", "dense-1.weight", "last.dense-1.weight"],
            network.Layout.Parameters.Where(parameter => parameter.IsWeight).Select(parameter => parameter.Name));
        Assert.Equal(
            ["residual-1", "residual-1.dense-1", "residual-1.dense-2", "dense-1", "last", "last.dense-1"],
            network.Summary.Select(line => line.Name));
        Assert.Equal(network.Layout.Length, network.Summary.Sum(line => line.Parameters));
    }

    [Fact]
    public void ShapesFlowThroughTheLayers()
    {
        var network = Network.Compile(
            [new Dense(6) { PerPosition = true }, new Reshape([2, 0]), new Activate(Activation.Tanh), new Flatten(), new Dense(2)],
            new MeanSquaredError(), [3, 4], 2, 0);
        Assert.Equal([[3, 6], [2, 9], [2, 9], [18], [2]], network.Summary.Select(line => line.OutputShape.ToArray()));
        Assert.Equal([6, 4], network.Layout.Parameters[0].Shape);
        Assert.Equal([2, 18], network.Layout.Parameters[2].Shape);
    }

    [Fact]
    public void ShapesThatDoNotFitAreNamed()
    {
        Refuses("Layer 'reshape-1' cannot give its input of shape (4), 4 numbers, the shape (3, 2)", [new Reshape([3, 2])], new MeanSquaredError(), [4], 6, 0);
        Refuses("adds its input of shape (4) to what 'residual-1.dense-1' gives, (3)", [new Residual([new Dense(3)])], new MeanSquaredError(), [4], 4, 0);
        Refuses("no inner layers", [new Residual([])], new MeanSquaredError(), [4], 4, 0);
        Refuses("tied to 'a', but no earlier layer", [new Dense(4) { Tie = "a" }], new MeanSquaredError(), [4], 4, 0);
        Refuses(
            "needs a weight of shape (2, 3), but that of 'a', to which it is tied, has shape (3, 4)",
            [new Dense(3) { Name = "a" }, new Dense(2) { Tie = "a" }], new MeanSquaredError(), [4], 2, 0);
    }

    private static void Refuses(
        string message, IReadOnlyList<LayerSpec> layers, LossSpec loss, IReadOnlyList<int> inputShape, int targets, int classes)
    {
        var error = Assert.Throws<ModelException>(() => Network.Compile(layers, loss, inputShape, targets, classes));
        Assert.Contains(message, error.Message);
    }
}
