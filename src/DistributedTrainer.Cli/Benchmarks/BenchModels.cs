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

    public static IReadOnlyList<string> Names { get; } = ["softmax", "mlp", "mlp1k"];

    public static IReadOnlyList<string> Optimizers { get; } = ["adam", "gd"];

    /// <summary>A job of exactly <paramref name="steps"/> steps of <paramref name="batch"/> rows without an epoch's end among them.</summary>
    public static Job CreateJob(string model, string optimizer, int batch, int shards, int steps) => new()
    {
        Name = $"bench-{model}",
        Data = new SyntheticData(checked(batch * steps), Inputs, Classes) { Distinct = batch * DistinctBatches },
        Model = [.. Hidden(model).Select(units => new Dense(units) { Activation = Activation.Relu }), new Dense(Classes)],
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
        const double PassesMs = 5e-8; // of a row and parameter: forward and two backward, on one core of this decade
        const double OverheadMs = 0.12;
        var stepMs = OverheadMs + (PassesMs * batch * Parameters(model));
        return Math.Max(100, (int)(1500 / stepMs));
    }

    private static int[] Hidden(string model) => model switch
    {
        "softmax" => [],
        "mlp" => [128],
        "mlp1k" => [1024, 1024],
        _ => throw new ArgumentOutOfRangeException(nameof(model), model, "not one of the models"),
    };

    private static long Parameters(string model)
    {
        var (inputs, parameters) = (Inputs, 0L);
        foreach (var units in Hidden(model).Append(Classes))
            (inputs, parameters) = (units, parameters + ((inputs + 1L) * units));
        return parameters;
    }
}
