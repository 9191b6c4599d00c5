using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Cli;

/// <summary>The models that benchmarks train: random inputs of MNIST's shape, ten classes. Sizes are what other frameworks are measured with.</summary>
internal static class BenchModels
{
    private const int Inputs = 784;
    private const int Classes = 10;

    /// <summary>Rows are those of so many batches, again and again: a step's rows come from a processor's cache, as they do for the others.</summary>
    private const int DistinctBatches = 16;

    public static IReadOnlyList<string> Names { get; } = ["softmax", "mlp", "mlp1k", "lenet"];

    public static IReadOnlyList<string> Optimizers { get; } = ["adam", "gd"];

    /// <summary>A job of exactly <paramref name="steps"/> steps of <paramref name="batch"/> rows without an epoch's end among them.</summary>
    public static Job CreateJob(string model, string optimizer, int batch, int shards, int steps) => new()
    {
        Name = $"bench-{model}",
        Data = new SyntheticData(checked(batch * steps), Inputs, Classes) { Distinct = batch * DistinctBatches },
        Model = [.. Hidden(model), new Dense(Classes)],
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
        var stepMs = OverheadMs + (PassesMs * batch * Products(model));
        return Math.Max(100, (int)(1500 / stepMs));
    }

    /// <summary>All layers but the last.</summary>
    private static LayerSpec[] Hidden(string model) => model switch
    {
        "softmax" => [],
        "mlp" => [Rectified(128)],
        "mlp1k" => [Rectified(1024), Rectified(1024)],
        "lenet" =>
        [
            new Reshape([1, 28, 28]),
            new Conv2d(6, 5) { Padding = 2, Activation = Activation.Relu },
            new Pool2d(Pooling.Max, 2),
            new Conv2d(16, 5) { Activation = Activation.Relu },
            new Pool2d(Pooling.Max, 2),
            new Flatten(),
            Rectified(120),
            Rectified(84),
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(model), model, "not one of the models"),
    };

    private static Dense Rectified(int units) => new(units) { Activation = Activation.Relu };

    /// <summary>About so many products a row in a forward pass; for dense layers the number of parameters.</summary>
    private static long Products(string model) => model switch
    {
        "softmax" => 7_850,
        "mlp" => 101_770,
        "mlp1k" => 1_863_690,
        "lenet" => 416_520,
        _ => throw new ArgumentOutOfRangeException(nameof(model), model, "not one of the models"),
    };
}
