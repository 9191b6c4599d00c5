using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

internal static class DropoutForm
{
    public static MapForm<Dropout> Form { get; } = new MapForm<Dropout>("Sets elements to zero at random in training.", new Dropout(0))
        .Required("rate", "The part that is set to zero; the rest is divided by 1 - rate.", NumberForm.Fraction,
            layer => layer.Rate, (layer, rate) => layer with { Rate = rate })
        .Named("dropout");
}
