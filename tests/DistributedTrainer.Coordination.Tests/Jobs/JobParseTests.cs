using System.Globalization;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination.Tests;

/// <summary>What right files mean.</summary>
public class JobParseTests
{
    [Fact]
    public void Left_out_keys_have_their_defaults()
    {
        var job = JobText.Parse(JobText.Smallest);
        Assert.Equal(("job", 0ul, 64, 10, null, null), (job.Name, job.Seed, job.BatchSize, job.Epochs, job.Shards, job.Metrics));
        Assert.Equal(new StopSpec(), job.Stop);
        Assert.Equal(new PenaltySpec(0, 0), job.Penalty);
        Assert.Equal(new BuiltInData("digits") { Normalize = Normalization.Standard }, job.Data);
        Assert.Equal(new Dense(10) { Name = "dense-1" }, Assert.Single(job.Model));
        Assert.Equal(new CrossEntropy(), job.Loss);
        Assert.Equal(new Adam { LearningRate = 0.01 }, job.Optimizer);
    }

    [Fact]
    public void Every_key_of_the_job_is_read()
    {
        var job = JobText.With("""
            name: house-prices_2.1
            seed: 18446744073709551615
            penalty: { l1: 0.5, l2: 1e-4 }
            batch-size: 32
            epochs: 3
            shards: 5
            mode: sync
            precision: float32
            metrics: [ accuracy, { top-k: { k: 3 } } ]
            stop:
              monitor: train.loss
              patience: 5 epochs
              min-delta: 1e-4
              target: -0.05
              tolerance: 1e-7
              steps: 20000 steps
              time: 30 min
            """);
        Assert.Equal(("house-prices_2.1", ulong.MaxValue, 32, 3, 5), (job.Name, job.Seed, job.BatchSize, job.Epochs, job.Shards));
        Assert.Equal(new PenaltySpec(0.5, 1e-4), job.Penalty);
        Assert.Equal([new MetricSpec(MetricKind.Accuracy), new MetricSpec(MetricKind.TopK, 3)], job.Metrics!);
        Assert.Equal(
            new StopSpec
            {
                Monitor = "train.loss",
                Patience = 5,
                MinDelta = 1e-4,
                Target = -0.05,
                Tolerance = 1e-7,
                Steps = 20000,
                Time = TimeSpan.FromMinutes(30),
            },
            job.Stop);
    }

    [Theory]
    [InlineData("1 epoch", 1)]
    [InlineData("5 epochs", 5)]
    [InlineData("5epochs", 5)]
    [InlineData("'5 epochs'", 5)]
    [InlineData("1e1 epochs", 10)]
    public void Epochs_with_their_unit(string text, int epochs) => Assert.Equal(epochs, JobText.With($"stop: {{ patience: {text} }}").Stop.Patience);

    [Theory]
    [InlineData("250 ms", 0.25)]
    [InlineData("2 s", 2)]
    [InlineData("1.5 min", 90)]
    [InlineData(".5 h", 1800)]
    public void Times_with_their_unit(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), JobText.With($"stop: {{ time: {text} }}").Stop.Time);

    [Fact]
    public void A_batch_may_be_all_rows() => Assert.Null(JobText.With("batch-size: all").BatchSize);

    [Theory]
    [InlineData("mse", typeof(MeanSquaredError))]
    [InlineData("{ mse: }", typeof(MeanSquaredError))]
    [InlineData("{ mse: { } }", typeof(MeanSquaredError))]
    [InlineData("mae", typeof(MeanAbsoluteError))]
    [InlineData("huber", typeof(Huber))]
    [InlineData("binary-cross-entropy", typeof(BinaryCrossEntropy))]
    public void Losses(string text, Type loss) => Assert.IsType(loss, JobText.Parse(JobText.Replace($"loss: {text}")).Loss);

    [Fact]
    public void Options_of_losses()
    {
        Assert.Equal(new Huber { Delta = 2 }, JobText.Parse(JobText.Replace("loss: { huber: { delta: 2 } }")).Loss);
        Assert.Equal(new CrossEntropy { LabelSmoothing = 0.1 }, JobText.Parse(JobText.Replace("loss: { cross-entropy: { label-smoothing: 0.1 } }")).Loss);
    }

    [Fact]
    public void Optimizers()
    {
        static OptimizerSpec Read(string text) => JobText.Parse(JobText.Replace($"optimizer: {text}")).Optimizer;
        Assert.Equal(new GradientDescent { LearningRate = 0.1, Momentum = 0.9, Nesterov = true }, Read("{ gd: { learning-rate: 0.1, momentum: 0.9, nesterov: true } }"));
        Assert.Equal(new Adam { LearningRate = 1e-3, Beta1 = 0.8, Beta2 = 0.99, Epsilon = 1e-7 }, Read("{ adam: { learning-rate: 1e-3, beta1: 0.8, beta2: 0.99, epsilon: 1e-7 } }"));
        Assert.Equal(new AdamW { LearningRate = 1, WeightDecay = 0.1 }, Read("{ adamw: { learning-rate: 1, weight-decay: 0.1 } }"));
        Assert.Equal(new RmsProp { LearningRate = 0.1, Decay = 0.9 }, Read("{ rmsprop: { learning-rate: .1, decay: 0.9 } }"));
        Assert.Equal(new Adagrad { LearningRate = 0.1 }, Read("{ adagrad: { learning-rate: 0.1 } }"));
    }

    [Theory]
    [InlineData("none", Activation.None)]
    [InlineData("leaky-relu", Activation.LeakyRelu)]
    [InlineData("gelu-tanh", Activation.GeluTanh)]
    [InlineData("softmax", Activation.Softmax)]
    public void Activations(string word, Activation activation) => Assert.Equal(activation, Dense($"activation: {word}").Activation);

    [Theory]
    [InlineData("glorot-uniform", InitializerKind.GlorotUniform, 0)]
    [InlineData("glorot-normal", InitializerKind.GlorotNormal, 0)]
    [InlineData("he-uniform", InitializerKind.HeUniform, 0)]
    [InlineData("he-normal", InitializerKind.HeNormal, 0)]
    [InlineData("zeros", InitializerKind.Zeros, 0)]
    [InlineData("{ constant: { value: -0.5 } }", InitializerKind.Constant, -0.5)]
    public void Initializers(string text, InitializerKind kind, double value) =>
        Assert.Equal(new InitializerSpec(kind, value), Dense($"initializer: {text}").Initializer);

    [Fact]
    public void Layers_without_a_name_get_one_by_position() => Assert.Equal(
        ["dense-1", "hidden", "dense-3"],
        JobText.Parse(JobText.Replace("model: [ dense: { units: 3 }, dense: { units: 2, name: hidden }, dense: { units: 10 } ]")).Model.Select(layer => layer.Name));

    [Theory]
    [InlineData("digits", Normalization.Standard)]
    [InlineData("iris", Normalization.Standard)]
    [InlineData("mnist", Normalization.Scale)]
    [InlineData("{ source: idx, path: x, labels: y }", null)]
    [InlineData("{ source: npy, path: x, labels: y }", Normalization.None)]
    [InlineData("{ source: csv, path: x, target: y }", Normalization.Standard)]
    [InlineData("{ source: csv, path: x, target: y, normalize: min-max }", Normalization.MinMax)]
    public void Normalization_follows_the_source(string data, Normalization? normalization) => Assert.Equal(normalization, Data(data).Normalize);

    [Fact]
    public void Paths_begin_at_the_jobs_folder()
    {
        var folder = Path.Combine(Path.GetTempPath(), "elsewhere");
        var job = JobFile.Parse(JobText.Replace("data: { source: csv, path: ../data/x.csv, target: y, validation: { path: v.csv } }"), Path.Combine(folder, "jobs", "x.yaml"));
        Assert.Equal(Path.Combine(folder, "data", "x.csv"), Assert.IsType<CsvData>(job.Data).Path);
        Assert.Equal(new DataFiles(Path.Combine(folder, "jobs", "v.csv")), job.Data.ValidationFiles);
    }

    [Fact]
    public void Columns_may_look_like_numbers()
    {
        var csv = Assert.IsType<CsvData>(Data("{ source: csv, path: x, target: 1, categorical: ['null', true], ignore: [ä b] }"));
        Assert.Equal("1", csv.Target);
        Assert.Equal(["null", "true"], csv.Categorical);
        Assert.Equal(["ä b"], csv.Ignore);
    }

    [Fact]
    public void Parts_of_files_with_labels()
    {
        var data = Data("{ source: idx, path: /a/x.gz, labels: /a/y.gz, test: { path: /a/tx.gz, labels: /a/ty.gz }, validation: 0.1 }");
        Assert.Equal(new DataFiles(Path.GetFullPath("/a/tx.gz"), Path.GetFullPath("/a/ty.gz")), data.TestFiles);
        Assert.Equal((0.1, null), (data.ValidationFraction, data.ValidationFiles));
    }

    [Fact]
    public void Numbers_are_read_alike_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
            var job = JobText.With("penalty: { l2: 0.5 }\nstop: { target: -1.5, time: 1.5 s }");
            Assert.Equal((0.5, -1.5, 1.5), (job.Penalty.L2, job.Stop.Target, job.Stop.Time!.Value.TotalSeconds));
            Assert.Equal(JobFile.Format(job), JobFile.Format(JobText.Parse(JobFile.Format(job))));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static DataSpec Data(string text) => JobText.Parse(JobText.Replace($"data: {text}")).Data;

    private static Dense Dense(string options) =>
        Assert.IsType<Dense>(JobText.Parse(JobText.Replace($"model: [ {{ dense: {{ units: 10, {options} }} }} ]")).Model[0]);
}
