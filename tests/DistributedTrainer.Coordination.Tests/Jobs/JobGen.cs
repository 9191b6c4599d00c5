using CsCheck;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination.Tests;

/// <summary>Random jobs that are right.</summary>
internal static class JobGen
{
    private static readonly Gen<double> Positive = Gen.OneOf(Gen.Double[1e-12, 1e6], Gen.OneOf(1e-8, 0.1, 1.0, 1e30));

    private static readonly Gen<double> Part = Gen.OneOf(Gen.Const(0.0), Gen.Double[0, 0.49]);

    private static readonly Gen<string> Column = Gen.OneOf(
        Gen.OneOf("price", "1", "null", "~", "yes", "a: b", "#", "ä ö", "a\"b", "it's", "-", "[x]", "&a", "*b", "!c", "1e5", "true", " x ", "a\tb", "a\nb", "ÿ\u2028z", "{", "%", "@", "`", "?", "a #b"),
        Gen.String[Gen.Char['!', '~'], 1, 12]);

    private static readonly Gen<string> FilePath = Gen.String[Gen.Char['#', '~'], 1, 20].Select(name => Path.GetFullPath("/" + name.Replace('\\', '_')));

    private static readonly Gen<DataFiles?> TableFiles = Gen.OneOf(Gen.Const((DataFiles?)null), FilePath.Select(path => (DataFiles?)new DataFiles(path)));

    private static readonly Gen<DataFiles?> LabelledFiles =
        Gen.OneOf(Gen.Const((DataFiles?)null), Gen.Select(FilePath, FilePath, (path, labels) => (DataFiles?)new DataFiles(path, labels)));

    private static readonly Gen<Augmentation> Change = Gen.Select(Gen.Int[0, 5], Gen.Int[1, 9], Part, Augmentation (kind, size, part) => kind switch
    {
        0 => new Shift(size),
        1 => new Flip { Horizontal = part, Vertical = size / 9.0 },
        2 => new Rotate(size * 20),
        3 => new Crop(1 - part),
        4 => new Noise(part + 0.01),
        _ => new Cutout(size),
    });

    private static readonly Gen<DataSpec> Source = Gen.OneOf<DataSpec>(
        Gen.OneOf("digits", "iris", "wine", "breast-cancer", "diabetes").Select(set => (DataSpec)new BuiltInData(set)),
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[1, 9], (rows, inputs, classes) => (DataSpec)new SyntheticData(rows, inputs, classes)),
        Gen.Select(FilePath, Column, Column.List[0, 4], TableFiles, (path, target, columns, files) => (DataSpec)new CsvData(path, target)
        {
            Categorical = [.. columns.Distinct().Where(name => name != target)],
            ValidationFiles = files,
        }),
        Gen.Select(FilePath, FilePath, LabelledFiles, Change.List[0, 3], (path, labels, files, changes) =>
            (DataSpec)new IdxData(path, labels) { TestFiles = files, Augment = changes }),
        Gen.Select(FilePath, TableFiles, Gen.Int[0, 2], (path, files, color) =>
            (DataSpec)new ImagesData(path) { TestFiles = files, Color = color == 2 ? null : (ImageColor)color }),
        Gen.Select(FilePath, FilePath, LabelledFiles, (path, labels, files) => (DataSpec)new NpyData(path, labels) { ValidationFiles = files }));

    private static readonly Gen<DataSpec> Data = Gen.Select(Source, Part, Part, Gen.Enum<Normalization>(), Gen.Enum<ShardBy>(), Gen.Bool,
        (data, validation, test, normalize, by, isSet) => data with
        {
            ValidationFraction = data.ValidationFiles is null ? validation : 0,
            TestFraction = data.TestFiles is null ? test : 0,
            Normalize = isSet ? normalize : null,
            ShardBy = by,
        });

    private static readonly Gen<InitializerSpec> Initializer = Gen.Select(Gen.Enum<InitializerKind>(), Gen.Double[-1e3, 1e3],
        (kind, value) => new InitializerSpec(kind, kind switch
        {
            InitializerKind.Constant => value,
            InitializerKind.Normal => Math.Abs(value) + 0.5,
            _ => 0,
        }));

    private static readonly Gen<LayerSpec> Dense = Gen.Select(Gen.Int[1, 4096], Gen.Enum<Activation>(), Initializer, Gen.Int[0, 7],
        (units, activation, initializer, which) => (LayerSpec)new Dense(units)
        {
            Activation = activation,
            Initializer = initializer,
            Bias = (which & 1) > 0,
            PerPosition = (which & 2) > 0,
            Tie = (which & 4) > 0 ? "tokens" : null,
        });

    private static readonly Gen<LayerSpec> Sequence = Gen.Select(Gen.Int[0, 7], Gen.Int[1, 99], Gen.Enum<Activation>(), Initializer, Gen.Int[0, 15],
        LayerSpec (kind, size, activation, initializer, which) =>
        {
            var (first, second) = ((which & 1) > 0, (which & 2) > 0);
            var returns = first ? RecurrentOutput.Last : RecurrentOutput.Sequence;
            return kind switch
            {
                0 => new Rnn(size) { Activation = first ? Activation.Relu : Activation.Tanh, Layers = 1 + which, Initializer = initializer },
                1 => new Lstm(size) { Returns = returns, Bidirectional = second, Initializer = initializer },
                2 => new Gru(size) { Returns = returns, Bias = second, Layers = 1 + which },
                3 => new Embedding(size) { Vocabulary = first ? size : null, Initializer = initializer },
                4 => new Positions { How = first ? PositionKind.Sinusoidal : PositionKind.Learned, Initializer = initializer },
                5 => new LayerNorm { Epsilon = size / 1024.0, Bias = first },
                6 => new Attention(size) { Causal = first, Bias = second, Initializer = initializer, OutputInitializer = which > 7 ? initializer : null },
                _ => new TransformerBlock(size)
                {
                    Causal = first,
                    Norm = second ? NormPlace.Post : NormPlace.Pre,
                    Hidden = which > 7 ? size : null,
                    Activation = activation,
                    Initializer = initializer,
                },
            };
        });

    private static readonly Gen<LayerSpec> Simple = Gen.OneOf<LayerSpec>(
        Dense,
        Gen.Enum<Activation>().Select(function => (LayerSpec)new Activate(function)),
        Gen.Const((LayerSpec)new Flatten()),
        Gen.Const((LayerSpec)new GlobalPool(Pooling.Max)),
        Part.Select(part => (LayerSpec)new Dropout(part)),
        Gen.Select(Part, Positive, (momentum, epsilon) => (LayerSpec)new BatchNorm { Momentum = momentum, Epsilon = epsilon }),
        Gen.Select(Gen.Enum<Pooling>(), Gen.Int[1, 9], Gen.Int[0, 3], (take, size, stride) =>
            (LayerSpec)new Pool2d(take, size) { Stride = stride == 0 ? null : stride }),
        Gen.Select(Gen.Int[1, 99], Gen.Int[1, 9], Gen.Int[0, 3], Gen.Enum<Activation>(), (filters, kernel, padding, activation) =>
            (LayerSpec)new Conv2d(filters, kernel) { Stride = 1 + padding, Padding = padding, Activation = activation, Bias = padding > 1 }),
        Gen.Int[0, 9].List[1, 4].Select(sizes => (LayerSpec)new Reshape(sizes)),
        Sequence);

    private static readonly Gen<LayerSpec> Layer = Gen.Recursive<LayerSpec>((depth, inner) => depth == 2
        ? Simple
        : Gen.OneOf(
            Simple,
            inner.List[1, 3].Select(layers => (LayerSpec)new Residual(layers)),
            Gen.Select(inner.List[0, 2], inner.List[0, 2], Gen.Int[0, 2], (left, right, axis) =>
                (LayerSpec)new Concatenate([new Branch("left", left), new Branch("right", right)]) { Axis = axis })));

    private static readonly Gen<LossSpec> Loss = Gen.OneOf<LossSpec>(
        Gen.Const((LossSpec)new MeanSquaredError()), Gen.Const((LossSpec)new MeanAbsoluteError()), Gen.Const((LossSpec)new BinaryCrossEntropy()),
        Positive.Select(delta => (LossSpec)new Huber { Delta = delta }), Part.Select(part => (LossSpec)new CrossEntropy { LabelSmoothing = part }));

    private static readonly Gen<OptimizerSpec> Optimizer = Gen.Select(Gen.Int[0, 4], Positive, Part, Part, Positive, Gen.Bool,
        OptimizerSpec (kind, rate, first, second, epsilon, flag) => kind switch
        {
            0 => new GradientDescent { LearningRate = rate, Momentum = first, Nesterov = flag && first > 0 },
            1 => new Adam { LearningRate = rate, Beta1 = first, Beta2 = second, Epsilon = epsilon },
            2 => new AdamW { LearningRate = rate, Beta1 = first, Beta2 = second, WeightDecay = epsilon, DecayOn = flag ? DecayOn.Weights : null },
            3 => new RmsProp { LearningRate = rate, Decay = first, Epsilon = epsilon },
            _ => new Adagrad { LearningRate = rate, Epsilon = epsilon },
        });

    private static readonly Gen<StopSpec> Stop = Gen.Select(Gen.Int[1, 99], Positive, Gen.Long[1, long.MaxValue], Gen.Long[1, TimeSpan.TicksPerDay * 99], Gen.Int[0, 15],
        (epochs, number, steps, ticks, which) => new StopSpec
        {
            Patience = (which & 1) > 0 ? epochs : null,
            MinDelta = (which & 2) > 0 ? number : 0,
            Tolerance = (which & 2) > 0 ? number : null,
            Target = (which & 4) > 0 ? -number : null,
            Steps = (which & 4) > 0 ? steps : null,
            Time = (which & 8) > 0 ? TimeSpan.FromTicks(ticks) : null,
        });

    private static readonly Gen<CheckpointSpec> Checkpoint = Gen.Select(Gen.Enum<CheckpointUnit>(), Gen.Long[1, int.MaxValue], Gen.Int[1, 9],
        (unit, count, keep) => new CheckpointSpec
        {
            Every = unit switch
            {
                CheckpointUnit.Steps => CheckpointInterval.Steps(count),
                CheckpointUnit.Epochs => CheckpointInterval.Epochs(count),
                CheckpointUnit.Time => CheckpointInterval.Seconds(count / 8.0),
                _ => CheckpointInterval.Never,
            },
            Keep = keep,
            Path = keep > 4 ? Path.GetFullPath("/saved") : null,
        });

    private static readonly Gen<Period?> MaybePeriod = Gen.Select(Gen.Long[1, 1000], Gen.Int[0, 2], (count, kind) => kind == 0 ? (Period?)null : new Period(count, kind == 1));

    private static readonly Gen<ScheduleSpec?> Schedule = Gen.Select(Gen.Int[0, 7], MaybePeriod, MaybePeriod, Positive, Part,
        ScheduleSpec? (kind, warmUp, period, number, part) => kind switch
        {
            0 => null,
            1 => new ConstantRate { WarmUp = warmUp },
            2 => new StepDecay(number, period ?? Period.Steps(3)) { WarmUp = warmUp },
            3 => new ExponentialDecay(number) { Every = period ?? Period.Epochs(2), WarmUp = warmUp },
            4 => new CosineDecay { To = part, Over = period, WarmUp = warmUp },
            5 => new LinearDecay { To = number, Over = period, WarmUp = warmUp },
            6 => new OneCycle { Rise = part, Start = number, WarmUp = warmUp },
            _ => new ReduceOnPlateau { Factor = part, Patience = (int)(period?.Count ?? 1), MinDelta = number, To = part, WarmUp = warmUp },
        });

    private static readonly Gen<(ClipSpec? Clip, AverageSpec? Average, int Parts)> Practice = Gen.Select(Gen.Int[0, 2], Positive, Part, Gen.Int[1, 4],
        (kind, limit, decay, parts) => (
            kind switch { 0 => (ClipSpec?)null, 1 => new ClipNorm(limit), _ => new ClipValue(limit) }, decay > 0.2 ? new AverageSpec(decay) : null, parts));

    private static readonly Gen<Job> Bare = Gen.Select(Data, Layer.List[1, 4], Loss, Optimizer, Stop,
        (data, model, loss, optimizer, stop) => new Job { Data = data, Model = model, Loss = loss, Optimizer = optimizer, Stop = stop });

    private static readonly Gen<Job> Practised = Gen.Select(Bare, Schedule, Practice,
        (job, schedule, practice) => job with { Schedule = schedule, Clip = practice.Clip, Average = practice.Average, MicroBatches = practice.Parts });

    public static Gen<Job> Job { get; } = Gen.Select(Practised, Gen.ULong, Gen.Int[1, 200], Gen.Int[0, 3], Gen.Int[1, 500], Checkpoint,
        (job, seed, batch, which, epochs, checkpoint) => job with
        {
            Seed = seed,
            MicroBatches = Math.Min(job.MicroBatches, batch),
            Name = $"job-{epochs}",
            BatchSize = (which & 1) > 0 ? batch : null,
            Shards = (which & 2) > 0 ? 1 + (batch / 3) : null,
            Epochs = epochs,
            Checkpoint = checkpoint,
            Precision = (Precision)(batch % 2),
            Penalty = new PenaltySpec(which, 1.0 / batch),
        });
}
