using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

internal static class DenseForm
{
    public static MapForm<Dense> Form { get; } = new MapForm<Dense>("y = activation(x Wᵀ + b)", new Dense(0))
        .Required("units", "Number of outputs.", new WholeForm<int>(1),
            dense => dense.Units, (dense, units) => dense with { Units = units })
        .Optional("activation", "The function after the sum.", new WordForm<Activation>("activation"),
            dense => dense.Activation, (dense, activation) => dense with { Activation = activation })
        .Optional("initializer", "How the weights start; biases start at zero.", InitializerForm.Form,
            dense => dense.Initializer, (dense, initializer) => dense with { Initializer = initializer })
        .Optional("bias", "Whether a bias is added.", BooleanForm.Instance,
            dense => dense.Bias, (dense, bias) => dense with { Bias = bias })
        .Optional("per-position", "Applied to the last axis at each position (time step) instead of to the whole input; by default false.",
            new UnsetForm<bool>(BooleanForm.Instance),
            dense => dense.PerPosition ? true : null, (dense, each) => dense with { PerPosition = each == true })
        .Optional("tie", "The name of an earlier layer whose weight is used here too.", TextForm.Name,
            dense => dense.Tie, (dense, tie) => dense with { Tie = tie })
        .Named("dense");
}
