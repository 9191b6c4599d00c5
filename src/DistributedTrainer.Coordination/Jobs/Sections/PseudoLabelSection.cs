using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary><c>pseudo-labels</c>: training on unlabelled rows, with the classes that the model is sure of.</summary>
internal static class PseudoLabelSection
{
    public static Form<PseudoLabelSpec> Form { get; } = new MapForm<PseudoLabelSpec>(
        "Trains on unlabelled rows too, each with the class that the model gives it, where it is sure of it.", new PseudoLabelSpec())
        .Optional("confidence", "The smallest probability of the most likely class at which a row gets it as its label.", NumberForm.Probability,
            labels => labels.Confidence, (labels, confidence) => labels with { Confidence = confidence })
        .Optional("rounds", "How often the unlabelled rows are labelled, all anew each time.", new WholeForm<int>(1),
            labels => labels.Rounds, (labels, rounds) => labels with { Rounds = rounds })
        .Optional("every", "Epochs before the first round, and from each to the next.", new CountForm("epochs", int.MaxValue),
            labels => labels.Every, (labels, every) => labels with { Every = (int)every });

    /// <summary>What must hold between this section and the others; null where it does.</summary>
    public static string? Rule(Job job)
    {
        if (job.PseudoLabels is not { } labels)
            return job.Data.UnlabelledFiles is null ? null : "data names unlabelled rows, which nothing uses without this section; add it, or remove data.unlabelled";
        if (job.Data.LabelledRows is null && job.Data.UnlabelledFiles is null)
            return "there are no unlabelled rows; name them under data with unlabelled: { path: … }, or keep the labels of some rows only with labelled: 50 rows";
        if (job.Loss is not CrossEntropy || job.Data is TextData or SyntheticData { Tokens: true })
            return "labels are classes of rows; the loss must be cross-entropy, and the data no text";
        if (job.Data.ShardBy == ShardBy.Rows)
            return "each shard labels a part of the rows and any shard may train on them; write shard-by: batch";
        return (long)labels.Rounds * labels.Every < job.Epochs
            ? null
            : $"{labels.Rounds} rounds, one after each {labels.Every} epochs, leave none of the {job.Epochs} epochs to learn from the last; take fewer, or more epochs";
    }
}

/// <summary>Labels that the model gives to unlabelled rows (Lee 2013).</summary>
public sealed record PseudoLabelSpec
{
    /// <summary>The smallest softmax probability that makes a class a label.</summary>
    public double Confidence { get; init; } = 0.95;

    public int Rounds { get; init; } = 3;

    /// <summary>Epochs before the first round, and between.</summary>
    public int Every { get; init; } = 2;

    /// <summary>Their place in a model's state.</summary>
    /// <param name="data">With the unlabelled rows.</param>
    public PseudoLabels ToState(Job job, DataSet data) => new(data.Unlabelled!.Count, Rounds, (long)Every * RunPlan.StepsOf(job, job.EpochRows(data)));
}
