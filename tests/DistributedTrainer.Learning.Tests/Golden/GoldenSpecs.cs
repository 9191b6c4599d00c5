using System.Text.Json;

namespace DistributedTrainer.Learning.Tests;

/// <summary>Golden names and settings as the specs that a job file gives.</summary>
internal static class GoldenSpecs
{
    public static OptimizerSpec Optimizer(string name, JsonElement settings)
    {
        var rate = settings.GetProperty("learning_rate").GetDouble();
        return name switch
        {
            "gd" => new GradientDescent
            {
                LearningRate = rate,
                Momentum = settings.Number("momentum", 0),
                Nesterov = settings.Flag("nesterov", false),
            },
            "adam" => new Adam
            {
                LearningRate = rate,
                Beta1 = settings.Number("beta1", 0.9),
                Beta2 = settings.Number("beta2", 0.999),
                Epsilon = settings.Number("epsilon", 1e-8),
            },
            "adamw" => new AdamW
            {
                LearningRate = rate,
                Beta1 = settings.Number("beta1", 0.9),
                Beta2 = settings.Number("beta2", 0.999),
                Epsilon = settings.Number("epsilon", 1e-8),
                WeightDecay = settings.GetProperty("weight_decay").GetDouble(),
            },
            "rmsprop" => new RmsProp
            {
                LearningRate = rate,
                Decay = settings.Number("decay", 0.99),
                Epsilon = settings.Number("epsilon", 1e-8),
            },
            "adagrad" => new Adagrad { LearningRate = rate, Epsilon = settings.Number("epsilon", 1e-10) },
            _ => throw new ArgumentException($"Golden optimizer '{name}' is unknown.", nameof(name)),
        };
    }

    public static LossSpec Loss(JsonElement item) => item.GetProperty("loss").GetString() switch
    {
        "mse" => new MeanSquaredError(),
        "mae" => new MeanAbsoluteError(),
        "huber" => new Huber { Delta = item.GetProperty("delta").GetDouble() },
        "cross_entropy" => new CrossEntropy { LabelSmoothing = item.Number("label_smoothing", 0) },
        "binary_cross_entropy" => new BinaryCrossEntropy(),
        var name => throw new ArgumentException($"Golden loss '{name}' is unknown."),
    };

    /// <summary>The activation of a golden layer, null for a layer that is none.</summary>
    public static Activation? Activation(string layer) => layer switch
    {
        "relu" => Learning.Activation.Relu,
        "leaky_relu" => Learning.Activation.LeakyRelu,
        "elu" => Learning.Activation.Elu,
        "sigmoid" => Learning.Activation.Sigmoid,
        "tanh" => Learning.Activation.Tanh,
        "gelu" => Learning.Activation.Gelu,
        "gelu_tanh" => Learning.Activation.GeluTanh,
        "silu" => Learning.Activation.Silu,
        "softplus" => Learning.Activation.Softplus,
        "softmax" => Learning.Activation.Softmax,
        _ => null,
    };
}
