using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Cli;

/// <summary>The models that benchmarks train, on random inputs: images of MNIST's shape or tokens. Sizes are what other frameworks are measured with.</summary>
internal static class BenchModels
{
    private const int Classes = 10;
    private const int Side = 28;

    /// <summary>Rows are those of so many batches, again and again: a step's rows come from a processor's cache, as they do for the others.</summary>
    private const int DistinctBatches = 16;

    private static readonly Dictionary<string, BenchModel> Models = new()
    {
        ["softmax"] = Dense(),
        ["mlp"] = Dense(128),
        ["mlp1k"] = Dense(1024, 1024),
        ["lenet"] = new(
            [
                new Reshape([1, Side, Side]),
                new Conv2d(6, 5) { Padding = 2, Activation = Activation.Relu },
                new Pool2d(Pooling.Max, 2),
                new Conv2d(16, 5) { Activation = Activation.Relu },
                new Pool2d(Pooling.Max, 2),
                new Flatten(),
                Rectified(120),
                Rectified(84),
                new Dense(Classes),
            ],
            Side * Side,
            Classes,
            Products: 416_520),
        ["lstm"] = new(
            [new Reshape([Side, Side]), new Lstm(128) { Returns = RecurrentOutput.Last }, new Dense(Classes)],
            Side * Side,
            Classes,
            Products: Side * 80_896L),
        ["gpt"] = Gpt(layers: 4, heads: 4, width: 128, context: 64, vocabulary: 65),
    };

    public static IReadOnlyList<string> Names { get; } = [.. Models.Keys];

    public static IReadOnlyList<string> Optimizers { get; } = ["adam", "gd"];

    /// <summary>A job of exactly <paramref name="steps"/> steps of <paramref name="batch"/> rows without an epoch's end among them.</summary>
    public static Job CreateJob(string model, string optimizer, int batch, int shards, int steps) => new()
    {
        Name = $"bench-{model}",
        Data = new SyntheticData(checked(batch * steps), Models[model].Inputs, Models[model].Classes)
        {
            Distinct = batch * DistinctBatches,
            Tokens = Models[model].Tokens,
        },
        Model = Models[model].Layers,
        Loss = new CrossEntropy(),
        Optimizer = optimizer == "adam" ? new Adam { LearningRate = 0.001 } : new GradientDescent { LearningRate = 0.1 },
        BatchSize = batch,
        Epochs = 1,
        Shards = shards,
    };

    /// <summary>
    /// Steps that take a second or two, so that the compiler has done its last work: it counts 30 calls of a method from when nothing
    /// new has been compiled for 100 ms. From the model's size alone, so that the number, and with it the weights, is the same everywhere.
    /// </summary>
    public static int WarmUpSteps(string model, int batch)
    {
        const double PassesMs = 5e-8; // of a row and product: forward and two backward, on one core of this decade
        const double OverheadMs = 0.12;
        var stepMs = OverheadMs + (PassesMs * batch * Models[model].Products);
        return Math.Max(100, (int)(1500 / stepMs));
    }

    private static BenchModel Dense(params int[] hidden) => new(
        [.. hidden.Select(Rectified), new Dense(Classes)],
        Side * Side,
        Classes,
        hidden.Prepend(Side * Side).Zip(hidden.Append(Classes), (inputs, units) => (inputs + 1L) * units).Sum());

    private static Dense Rectified(int units) => new(units) { Activation = Activation.Relu };

    private static BenchModel Gpt(int layers, int heads, int width, int context, int vocabulary) => new(
        [
            new Embedding(width),
            new Positions(),
            .. Enumerable.Repeat(new TransformerBlock(heads) { Causal = true }, layers),
            new LayerNorm(),
            new Dense(vocabulary) { PerPosition = true, Bias = false },
        ],
        context,
        vocabulary,
        (12L * width * width * layers + (long)width * vocabulary) * context)
    {
        Tokens = true,
    };

    /// <param name="Layers">The model.</param>
    /// <param name="Inputs">Floats, or tokens, of an input.</param>
    /// <param name="Classes">Classes, or the vocabulary.</param>
    /// <param name="Products">About so many products a row in a forward pass; for dense layers the number of parameters.</param>
    private sealed record BenchModel(IReadOnlyList<LayerSpec> Layers, int Inputs, int Classes, long Products)
    {
        /// <summary>Whether inputs are tokens, each with a class of its own.</summary>
        public bool Tokens { get; init; }
    }
}
