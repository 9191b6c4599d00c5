using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary><c>optimizer</c>: the update rule.</summary>
internal static class OptimizerSection
{
    public static Form<OptimizerSpec> Form { get; } = new ChoiceForm<OptimizerSpec>("optimizer")
        .Add("gd", Rule("Gradient descent.", new GradientDescent { LearningRate = 0 })
            .Optional("momentum", "The part of the last step that is kept.", NumberForm.Fraction, o => o.Momentum, (o, v) => o with { Momentum = v })
            .Optional("nesterov", "Look ahead along the momentum.", BooleanForm.Instance, o => o.Nesterov, (o, v) => o with { Nesterov = v })
            .Rule("nesterov", o => o is { Nesterov: true, Momentum: 0 } ? "needs a momentum above 0, such as momentum: 0.9" : null))
        .Add("adam", Rule("Adam (Kingma and Ba 2015).", new Adam { LearningRate = 0 })
            .Optional("beta1", "Decay of the gradient's mean.", NumberForm.Fraction, o => o.Beta1, (o, v) => o with { Beta1 = v })
            .Optional("beta2", "Decay of the squared gradient's mean.", NumberForm.Fraction, o => o.Beta2, (o, v) => o with { Beta2 = v })
            .Optional("epsilon", "Added to the root.", NumberForm.Positive, o => o.Epsilon, (o, v) => o with { Epsilon = v }))
        .Add("adamw", Rule("Adam with decoupled weight decay (Loshchilov and Hutter 2019).", new AdamW { LearningRate = 0 })
            .Optional("beta1", "Decay of the gradient's mean.", NumberForm.Fraction, o => o.Beta1, (o, v) => o with { Beta1 = v })
            .Optional("beta2", "Decay of the squared gradient's mean.", NumberForm.Fraction, o => o.Beta2, (o, v) => o with { Beta2 = v })
            .Optional("epsilon", "Added to the root.", NumberForm.Positive, o => o.Epsilon, (o, v) => o with { Epsilon = v })
            .Optional("weight-decay", "λ of w ← w - ηλw.", NumberForm.NotNegative, o => o.WeightDecay, (o, v) => o with { WeightDecay = v })
            .Optional("decay-on", "What decays: all (the default, as in PyTorch), or weights, not biases and normalizations.",
                new UnsetForm<DecayOn>(new WordForm<DecayOn>("choice of parameters")), o => o.DecayOn, (o, v) => o with { DecayOn = v }))
        .Add("rmsprop", Rule("RMSProp (Hinton 2012).", new RmsProp { LearningRate = 0 })
            .Optional("decay", "Decay of the squared gradient's mean.", NumberForm.Fraction, o => o.Decay, (o, v) => o with { Decay = v })
            .Optional("epsilon", "Added to the root.", NumberForm.Positive, o => o.Epsilon, (o, v) => o with { Epsilon = v }))
        .Add("adagrad", Rule("Adagrad (Duchi et al. 2011).", new Adagrad { LearningRate = 0 })
            .Optional("epsilon", "Added to the root.", NumberForm.Positive, o => o.Epsilon, (o, v) => o with { Epsilon = v }));

    private static MapForm<T> Rule<T>(string doc, T blank)
        where T : OptimizerSpec => new MapForm<T>(doc, blank).Required(
            "learning-rate", "The step's size η.", NumberForm.Positive,
            o => o.LearningRate, (o, rate) => (T)((OptimizerSpec)o with { LearningRate = rate }));
}
