using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

/// <summary>Jobs that take fractions of a second.</summary>
internal static class SmallJobs
{
    /// <summary>12,010 parameters: three server ranges. 1,438 training rows: batches of 32 with a short last one.</summary>
    public static Job Digits => new()
    {
        Name = "digits",
        Data = new BuiltInData("digits") { ValidationFraction = 0.2 },
        Model = [new Dense(160) { Activation = Activation.Relu, Initializer = InitializerSpec.HeNormal }, new Dense(10)],
        Loss = new CrossEntropy(),
        Optimizer = new Adam { LearningRate = 0.003 },
        BatchSize = 32,
        Epochs = 3,
        Stop = new StopSpec { Steps = 70 },
    };

    /// <summary>The shapes that are easy to get wrong, each a change of the digits job.</summary>
    public static IReadOnlyDictionary<string, Job> Shapes { get; } = new Dictionary<string, Job>
    {
        ["as it is"] = Digits,
        ["penalty, patience, test part"] = Digits with
        {
            Data = Digits.Data with { TestFraction = 0.1 },
            Penalty = new PenaltySpec(1e-4, 1e-3),
            Stop = new StopSpec { Patience = 1, MinDelta = 1 },
        },
        ["one sample a shard"] = Digits with { BatchSize = 7, Shards = 7 },
        ["odd shards, empty slices in the last batch"] = Digits with { BatchSize = 17, Shards = 13, Stop = new StopSpec { Steps = 100 } },
        ["a last batch of one row"] = Digits with { BatchSize = 479, Shards = 5, Stop = new StopSpec() },
        ["all rows in one batch"] = Digits with { BatchSize = null, Shards = 3, Epochs = 5 },
        ["one shard"] = Digits with { Shards = 1 },
        ["shards by rows"] = Digits with { Data = Digits.Data with { ShardBy = ShardBy.Rows }, Shards = 6 },
        ["momentum, no validation"] = Digits with
        {
            Data = new BuiltInData("digits"),
            Optimizer = new GradientDescent { LearningRate = 0.05, Momentum = 0.9, Nesterov = true },
        },
        ["convolution, batch normalization, dropout, branches"] = Digits with
        {
            Model =
            [
                new Reshape([1, 8, 8]), new Conv2d(8, 3) { Padding = 1, Bias = false }, new BatchNorm(), new Activate(Activation.Relu),
                new Concatenate([new Branch("same", []), new Branch("wide", [new Conv2d(8, 5) { Padding = 2, Activation = Activation.Relu }])]),
                new Pool2d(Pooling.Max, 2), new Dense(64) { Name = "hidden" }, new BatchNorm(), new Dropout(0.2),
                new Residual([new Dense(64) { Activation = Activation.Relu }, new Dense(64)]), new Dense(10),
            ],
            BatchSize = 32,
        },
        ["clipped by the norm, a warm-up and a cosine, a moving average"] = Digits with
        {
            Clip = new ClipNorm(0.3),
            Penalty = new PenaltySpec(1e-5, 1e-3),
            Schedule = new CosineDecay { WarmUp = Period.Steps(7), To = 1e-4, Over = Period.Steps(60) },
            Average = new AverageSpec(0.9),
            Data = Digits.Data with { TestFraction = 0.1 },
        },
        ["a rate that is reduced on plateaus, clipped by value, decay on weights"] = Digits with
        {
            Optimizer = new AdamW { LearningRate = 0.01, WeightDecay = 0.1, DecayOn = DecayOn.Weights },
            Clip = new ClipValue(0.01),
            Schedule = new ReduceOnPlateau { Factor = 0.5, Patience = 1, MinDelta = 0.5 },
            Stop = new StopSpec { Monitor = "train.loss" },
            Epochs = 5,
        },
        ["micro-batches, batch normalization, the best average of one cycle"] = Digits with
        {
            Model = [new Dense(160) { Activation = Activation.Relu }, new BatchNorm(), new Dense(10)],
            BatchSize = 64,
            Shards = 5,
            MicroBatches = 3,
            Schedule = new OneCycle { WarmUp = Period.Epochs(1) },
            Average = new AverageSpec(0.95),
            Clip = new ClipNorm(1),
            Stop = new StopSpec { Patience = 1, MinDelta = 1 },
        },
        ["class weights, frozen layers"] = Digits with
        {
            Loss = new CrossEntropy { ClassWeights = [1, 2, 3, 0.5, 1, 1, 1, 1, 1, 4] },
            Freeze = ["dense-1"],
            Clip = new ClipNorm(0.5),
        },
        ["bfloat16"] = Digits with { Precision = Precision.Bfloat16 },
        ["bfloat16, odd shards, empty slices in the last batch"] = Digits with
        {
            Precision = Precision.Bfloat16,
            BatchSize = 17,
            Shards = 13,
            Penalty = new PenaltySpec(0, 1e-3),
        },
        ["bfloat16, convolution, batch normalization"] = Digits with
        {
            Precision = Precision.Bfloat16,
            Model =
            [
                new Reshape([1, 8, 8]), new Conv2d(8, 3) { Padding = 1, Bias = false }, new BatchNorm(), new Activate(Activation.Relu),
                new Pool2d(Pooling.Max, 2), new Dropout(0.2), new Residual([new Conv2d(8, 3) { Padding = 1, Activation = Activation.Gelu }]), new Dense(10),
            ],
        },
        ["augmented images"] = Digits with
        {
            Data = SmallImages.Data with
            {
                ValidationFraction = 0.2,
                Augment = [new Shift(1), new Flip { Vertical = 0.25 }, new Rotate(20), new Crop(0.8), new Noise(0.05), new Cutout(2)],
            },
        },
        ["pseudo-labels"] = Digits with
        {
            Data = Digits.Data with { LabelledRows = 60 },
            PseudoLabels = new PseudoLabelSpec { Confidence = 0.7, Rounds = 2, Every = 1 },
            Epochs = 4,
            Stop = new StopSpec { Steps = 120 },
        },
        ["pseudo-labels in bfloat16, micro-batches, dropout, batch normalization, an average"] = Digits with
        {
            Data = SmallImages.Data with { ValidationFraction = 0.2, LabelledRows = 100, Augment = [new Shift(1)] },
            Model = [new Dense(40) { Activation = Activation.Relu }, new BatchNorm(), new Dropout(0.1), new Dense(10)],
            PseudoLabels = new PseudoLabelSpec { Confidence = 0.5, Rounds = 3, Every = 1 },
            Precision = Precision.Bfloat16,
            BatchSize = 48,
            Shards = 5,
            MicroBatches = 3,
            Average = new AverageSpec(0.9),
            Epochs = 5,
            Stop = new StopSpec(),
        },
        ["regression"] = new Job
        {
            Name = "diabetes",
            Data = new BuiltInData("diabetes") { ValidationFraction = 0.1 },
            Model = [new Dense(8) { Activation = Activation.Tanh }, new Dense(1)],
            Loss = new Huber(),
            Optimizer = new RmsProp { LearningRate = 0.01 },
            BatchSize = 50,
            Epochs = 8,
        },
    };

    public static string DataSha256(Job job)
    {
        using var data = DataSet.Load(job.Data, OpenedJob.TargetOf(job.Loss), job.Seed);
        return data.Sha256;
    }

    public static TheoryData<string> Names => [.. Shapes.Keys];
}
