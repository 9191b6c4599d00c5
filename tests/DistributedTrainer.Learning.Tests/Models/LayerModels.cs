namespace DistributedTrainer.Learning.Tests;

/// <summary>Small classifiers of ten classes, between them of every kind of layer: what the tests of bits compare.</summary>
internal static class LayerModels
{
    public static IReadOnlyDictionary<string, (IReadOnlyList<LayerSpec> Layers, IReadOnlyList<int> InputShape)> All { get; } =
        new Dictionary<string, (IReadOnlyList<LayerSpec> Layers, IReadOnlyList<int> InputShape)>
        {
            ["convolution"] = (
                [
                    new Conv2d(5, 3) { Padding = 1, Activation = Activation.Relu }, new Pool2d(Pooling.Max, 2),
                    new Conv2d(9, 3) { Stride = 2, Activation = Activation.Gelu, Bias = false }, new Pool2d(Pooling.Average, 2) { Stride = 1 },
                    new Flatten(), new Dense(10),
                ],
                [2, 13, 12]),
            ["normalization"] = (
                [
                    new Conv2d(4, 3), new BatchNorm(), new Activate(Activation.Relu), new Pool2d(Pooling.Max, 3) { Stride = 2 },
                    new Dropout(0.3), new Conv2d(7, 2), new BatchNorm { Momentum = 0.2 }, new GlobalPool(Pooling.Average), new Dense(10),
                ],
                [9, 11]),
            ["branches"] = (
                [
                    new Reshape([1, 6, 0]), new Conv2d(3, 3) { Padding = 1 },
                    new Residual([new Conv2d(3, 3) { Padding = 1, Activation = Activation.Tanh }, new Dropout(0.5), new Conv2d(3, 1)]),
                    new Concatenate([
                        new Branch("same", []), new Branch("wide", [new Conv2d(4, 5) { Padding = 2 }, new Activate(Activation.Silu)]),
                        new Branch("pooled", [new Pool2d(Pooling.Max, 3) { Stride = 1 }, new Flatten(), new Dense(42), new Reshape([1, 6, 7])]),
                    ]),
                    new GlobalPool(Pooling.Max), new Residual([new Dense(8)]), new Dense(10),
                ],
                [42]),
            ["tied"] = (
                [
                    new Dense(6) { PerPosition = true, Name = "shared", Activation = Activation.Tanh },
                    new Dense(6) { PerPosition = true, Tie = "shared", Activation = Activation.Gelu },
                    new Residual([new Dense(6) { PerPosition = true, Tie = "shared", Bias = false }]), new Dense(10),
                ],
                [3, 6]),
            ["positions"] = (
                [
                    new Dense(6) { PerPosition = true, Activation = Activation.Tanh }, new Residual([new Dense(6) { PerPosition = true }]),
                    new Concatenate([new Branch("a", []), new Branch("b", [new Dense(3) { PerPosition = true }])]) { Axis = 1 }, new Dense(10),
                ],
                [5, 4]),
            ["recurrence"] = (
                [
                    new Lstm(5) { Bidirectional = true, Layers = 2 }, new Rnn(7) { Activation = Activation.Relu, Bias = false },
                    new Gru(9) { Bidirectional = true, Returns = RecurrentOutput.Last }, new Dense(10),
                ],
                [6, 11]),
            ["attention"] = (
                [
                    new Dense(12) { PerPosition = true }, new Positions(), new TransformerBlock(3) { Causal = true, Hidden = 20 }, new LayerNorm(),
                    new TransformerBlock(2) { Norm = NormPlace.Post, Bias = false }, new Lstm(5) { Returns = RecurrentOutput.Last }, new Dense(10),
                ],
                [70, 3]),
        };

    public static TheoryData<string> Names => [.. All.Keys];
}
