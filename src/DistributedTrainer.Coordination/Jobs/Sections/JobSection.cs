using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>The whole file: its keys in the order in which they are written.</summary>
internal static class JobSection
{
    /// <summary>Every default; the four required sections hold what no reader sees.</summary>
    private static readonly Job Blank = new()
    {
        Data = new BuiltInData(""),
        Model = [],
        Loss = new MeanSquaredError(),
        Optimizer = new GradientDescent { LearningRate = 0 },
    };

    public static MapForm<Job> Form { get; } = new MapForm<Job>("A DistributedTrainer job: one training run.", Blank)
        .Optional("name", "Names the report folder.", TextForm.Name,
            job => job.Name, (job, name) => job with { Name = name }, inRecipe: false)
        .Optional("seed", "Decides everything drawn at random.", new WholeForm<ulong>(0),
            job => job.Seed, (job, seed) => job with { Seed = seed })
        .Required("data", "Where the examples come from.", DataSection.Form, job => job.Data, (job, data) => job with { Data = data })
        .Required("model", "The layers, first layer first.", ModelSection.Form, job => job.Model, (job, model) => job with { Model = model })
        .Required("loss", "What training makes small.", LossSection.Form, job => job.Loss, (job, loss) => job with { Loss = loss })
        .Required("optimizer", "The update rule.", OptimizerSection.Form,
            job => job.Optimizer, (job, optimizer) => job with { Optimizer = optimizer })
        .Optional("penalty", "Keeps weights small.", PenaltySection.Form,
            job => job.Penalty, (job, penalty) => job with { Penalty = penalty })
        .Optional("schedule", "How the learning rate changes over the run.", ScheduleSection.Form,
            job => job.Schedule, (job, schedule) => job with { Schedule = schedule })
        .Optional("clip", "Bounds the gradient.", ClipSection.Form, job => job.Clip, (job, clip) => job with { Clip = clip })
        .Optional("average", "Evaluates and saves a moving average of the weights.", AverageSection.Form,
            job => job.Average, (job, average) => job with { Average = average })
        .Optional("freeze", "Layers whose parameters stay as they are.", new ListForm<string>("layers", TextForm.Name, least: 1),
            job => job.Freeze, (job, layers) => job with { Freeze = layers })
        .Optional("start-from", "Begins with the weights of a saved model.", StartFromSection.Form,
            job => job.StartFrom, (job, start) => job with { StartFrom = start })
        .Optional("pseudo-labels", "Trains on unlabelled rows too, with the classes that the model is sure of.", PseudoLabelSection.Form,
            job => job.PseudoLabels, (job, labels) => job with { PseudoLabels = labels })
        .Optional("batch-size", "Rows in a mini-batch, or all.", BatchSizeForm.Instance,
            job => new BatchSize(job.BatchSize), (job, size) => job with { BatchSize = size.Rows })
        .Optional("micro-batches", "Parts that each shard's slice of a batch is computed in, one after the other: less memory, the same step.",
            new UnsetForm<int>(new WholeForm<int>(1)), job => job.MicroBatches > 1 ? job.MicroBatches : null, (job, parts) => job with { MicroBatches = parts ?? 1 })
        .Optional("epochs", "Passes over the training rows.", new WholeForm<int>(1), job => job.Epochs, (job, epochs) => job with { Epochs = epochs })
        .Optional("stop", "Ends training early, whichever comes first.", StopSection.Form, job => job.Stop, (job, stop) => job with { Stop = stop })
        .Optional("shards", "Logical workers: slices of every batch. By default 8, or the batch size where that is smaller.",
            new UnsetForm<int>(new WholeForm<int>(1)), job => job.Shards, (job, shards) => job with { Shards = shards })
        .Fixed("mode", "How steps are agreed on.", "sync", later: ["async", "bounded-staleness"])
        .Optional("precision", "What parameters, activations and gradients are rounded to where they are handed on; sums are float32.",
            new WordForm<Precision>("precision"), job => job.Precision, (job, precision) => job with { Precision = precision })
        .Optional("metrics", "What is reported beside the loss; by default by the loss.", MetricsSection.Form,
            job => job.Metrics, (job, metrics) => job with { Metrics = metrics }, inRecipe: false)
        .Optional("checkpoint", "Writes the state of the run to disk, to resume from.", CheckpointSection.Form,
            job => job.Checkpoint, (job, checkpoint) => job with { Checkpoint = checkpoint }, inRecipe: false)
        .Rule("shards", JobChecks.ShardsAgainstBatch)
        .Rule("micro-batches", job => job.MicroBatches > job.BatchSize ? $"{job.MicroBatches} is above the batch size, {job.BatchSize}" : null)
        .Rule("metrics", JobChecks.MetricsAgainstLoss)
        .Rule("model", JobChecks.LayerNames)
        .Rule("pseudo-labels", PseudoLabelSection.Rule)
        .Rule("stop.monitor", JobChecks.Monitor);
}
