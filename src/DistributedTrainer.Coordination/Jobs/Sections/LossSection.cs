using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary><c>loss</c>: what training makes small.</summary>
internal static class LossSection
{
    public static Form<LossSpec> Form { get; } = new ChoiceForm<LossSpec>("loss")
        .Add("mse", new MapForm<MeanSquaredError>("Mean of (p - t)².", new MeanSquaredError()))
        .Add("mae", new MapForm<MeanAbsoluteError>("Mean of |p - t|.", new MeanAbsoluteError()))
        .Add("huber", new MapForm<Huber>("Squared near zero, absolute beyond delta (Huber 1964).", new Huber())
            .Optional("delta", "Where the two meet.", NumberForm.Positive, huber => huber.Delta, (huber, delta) => huber with { Delta = delta }))
        .Add("cross-entropy", new MapForm<CrossEntropy>("Softmax cross-entropy from logits: the last layer has no softmax.", new CrossEntropy())
            .Optional("label-smoothing", "The part of the target spread evenly over all classes.", NumberForm.Fraction,
                loss => loss.LabelSmoothing, (loss, part) => loss with { LabelSmoothing = part })
            .Optional("class-weights", "How much a row of each class counts, in the order of the classes; by default all alike.",
                new ListForm<double>("weights", NumberForm.Positive, least: 2), loss => loss.ClassWeights, (loss, weights) => loss with { ClassWeights = weights })
            .Rule("class-weights", loss => loss is { ClassWeights: not null, LabelSmoothing: > 0 } ? "goes without label-smoothing; leave one of them out" : null))
        .Add("binary-cross-entropy", new MapForm<BinaryCrossEntropy>("Binary cross-entropy from one logit.", new BinaryCrossEntropy()));
}
