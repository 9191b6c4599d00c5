using Newtonsoft.Json.Linq;
using NJsonSchema;

namespace DistributedTrainer.Coordination.Tests;

/// <summary>The schema and the parser come from one table; a validator of another make sees that they say the same.</summary>
public class JobSchemaTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromJsonAsync(JobFile.Schema()).GetAwaiter().GetResult();

    public static TheoryData<string> ReadyJobNames => ReadyJobs.Names;

    [Theory, MemberData(nameof(ReadyJobNames))]
    public void Takes_every_ready_job(string name) => Assert.Empty(Schema.Validate(Json(ReadyJobs.Text(name))));

    [Theory, MemberData(nameof(ReadyJobNames))]
    public void Takes_every_ready_job_spelled_out(string name) => Assert.Empty(Schema.Validate(Json(JobFile.Format(ReadyJobs.Parse(name)))));

    /// <summary>The documentation's example, all that this version supports of it.</summary>
    [Fact]
    public void Takes_the_whole_example()
    {
        const string Example = """
            name: house-prices
            seed: 42
            data:
              source: csv
              path: data/houses.csv
              target: price
              categorical: [street]
              ignore: [id]
              missing: error
              validation: 0.2
              test: 0.1
              normalize: standard
              shard-by: batch
            model:
              - dense: { units: 64, activation: gelu, initializer: he-normal, bias: true, name: hidden }
              - residual: [ { activation: { function: tanh } }, { residual: { layers: [ { dense: { units: 64 } } ], name: inner } } ]
              - flatten
              - conv2d: { filters: 6, kernel: 5, stride: 1, padding: 2, activation: relu, initializer: he-normal, bias: true, name: c }
              - concatenate: { branches: { a: [], b: [ { max-pool: { size: 2, stride: 1 } }, { average-pool: { size: 2 } } ] }, axis: 0 }
              - batch-norm
              - batch-norm: { momentum: 0.2, epsilon: 1e-3 }
              - dropout: { rate: 0.5 }
              - global-pool
              - global-pool: { take: max }
              - reshape: { to: [8, 0] }
              - positions: { how: sinusoidal }
              - layer-norm
              - lstm: { units: 8, layers: 2, bidirectional: true, bias: true, returns: sequence, initializer: { normal: { deviation: 0.1 } } }
              - attention: { heads: 2, causal: true }
              - transformer-block: { heads: 2, causal: true, norm: post, hidden: 32, activation: gelu-tanh, output-initializer: zeros }
              - gru: { units: 8, returns: last }
              - dense: { units: 1, per-position: false, tie: hidden }
            loss: { huber: { delta: 1.0 } }
            optimizer: { adam: { learning-rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } }
            penalty: { l1: 0, l2: 1e-4 }
            batch-size: 64
            schedule: { cosine: { to: 1e-5, warm-up: 100 steps } }
            clip: { norm: 1.0 }
            epochs: 30
            stop:
              monitor: validation.loss
              patience: 5 epochs
              min-delta: 1e-4
              target: 0.05
              tolerance: 1e-7
              steps: 20000 steps
              time: 30 min
            shards: 8
            mode: sync
            precision: float32
            metrics: [mae, r2]
            checkpoint: { every: 500 steps, keep: 3, path: checkpoints }
            """;
        Assert.Empty(Schema.Validate(Json(Example)));
        Assert.Equal("house-prices", JobText.Parse(Example).Name);
    }

    /// <summary>Mistakes that a schema can see: the parser refuses each (<see cref="BadJobTests"/>), and so does the schema.</summary>
    [Theory]
    [InlineData("epoch: 30")]
    [InlineData("epochs: 0")]
    [InlineData("epochs: 1.5")]
    [InlineData("epochs: 30 epochs")]
    [InlineData("name: ../up")]
    [InlineData("seed: -1")]
    [InlineData("batch-size: every")]
    [InlineData("penalty: { l3: 1 }")]
    [InlineData("penalty: { l2: -1 }")]
    [InlineData("mode: async")]
    [InlineData("precision: float16")]
    [InlineData("schedule: { cosine: { to: -1 } }")]
    [InlineData("schedule: step")]
    [InlineData("clip: { norm: 1.0, value: 1.0 }")]
    [InlineData("clip: { }")]
    [InlineData("checkpoint: { every: 500 }")]
    [InlineData("checkpoint: { keep: 0 }")]
    [InlineData("metrics: accuracy")]
    [InlineData("metrics: [top-k]")]
    [InlineData("stop: { patience: 5 }")]
    [InlineData("stop: { patience: 5 steps }")]
    [InlineData("stop: { time: 30 minutes }")]
    [InlineData("data: { source: digits, normalise: none }")]
    [InlineData("data: { source: digits, validation: 1 }")]
    [InlineData("data: { source: csv, path: x.csv }")]
    [InlineData("data: images")]
    [InlineData("model: []")]
    [InlineData("model: [ dense ]")]
    [InlineData("model: [ { dense: { units: 10 }, dropout: { rate: 0.1 } } ]")]
    [InlineData("model: [ { lstm: { units: 0 } } ]")]
    [InlineData("model: [ { dense: { units: 4, activation: relu6 } } ]")]
    [InlineData("loss: crossentropy")]
    [InlineData("loss: { }")]
    [InlineData("optimizer: adam")]
    [InlineData("optimizer: { adam: { learning-rate: 0 } }")]
    [InlineData("optimizer: { gd: { learning-rate: 0.1 }, adam: { learning-rate: 0.1 } }")]
    public void Refuses_what_the_parser_refuses(string line)
    {
        var text = JobText.Replace(line) is var replaced && replaced != JobText.Smallest ? replaced : JobText.Smallest + line;
        JobText.Error(text);
        Assert.NotEmpty(Schema.Validate(Json(text)));
    }

    [Theory]
    [InlineData("loss: { mse: }")]
    [InlineData("loss: { huber: { delta: 2 } }")]
    [InlineData("data: { source: iris, validation: 0.2, test: 0.1 }")]
    [InlineData("data: { source: idx, path: x, labels: y, test: { path: tx, labels: ty } }")]
    [InlineData("data: { source: npy, path: x, labels: y, normalize: none }")]
    [InlineData("data: { source: mnist, path: there }")]
    [InlineData("data: { source: synthetic, rows: 10, inputs: 4, classes: 2 }")]
    [InlineData("data: { source: csv, path: x, target: 1, categorical: [2, true] }")]
    [InlineData("model: [ { dense: { units: 4, initializer: { constant: { value: 0.5 } } } } ]")]
    [InlineData("optimizer: { adamw: { learning-rate: 0.1, weight-decay: 0 } }")]
    [InlineData("stop: { patience: 1 epoch, time: 1.5 h, steps: 1e3 steps }")]
    [InlineData("metrics: [ accuracy, { top-k: { k: 5 } } ]")]
    [InlineData("batch-size: all")]
    [InlineData("checkpoint: { every: 1 epoch }")]
    [InlineData("checkpoint: { every: 30 s, keep: 1 }")]
    [InlineData("checkpoint: { every: never }")]
    [InlineData("schedule: constant")]
    [InlineData("schedule: { step: { factor: 0.1, every: 10 epochs } }")]
    [InlineData("schedule: { exponential: { factor: 0.95 } }")]
    [InlineData("schedule: { cosine: { to: 1e-5, warm-up: 100 steps, over: 2 epochs } }")]
    [InlineData("schedule: { one-cycle: { rise: 0.2, start: 10, end: 100, warm-up: 1 step } }")]
    [InlineData("schedule: reduce-on-plateau")]
    [InlineData("clip: { norm: 1.0 }")]
    [InlineData("clip: { value: 0.5 }")]
    [InlineData("clip: null")]
    [InlineData("pseudo-labels: ~")]
    [InlineData("epochs: null")]
    [InlineData("stop: { steps: null }")]
    [InlineData("average: { decay: 0.99 }")]
    [InlineData("micro-batches: 4")]
    [InlineData("freeze: [dense-1]")]
    [InlineData("start-from: { model: runs/old, mismatches: initialize }")]
    [InlineData("loss: { cross-entropy: { class-weights: [1, 2.5] } }")]
    public void Takes_what_the_parser_takes(string line)
    {
        var text = JobText.Replace(line) is var replaced && replaced != JobText.Smallest ? replaced : JobText.Smallest + line;
        JobText.Parse(text);
        Assert.Empty(Schema.Validate(Json(text)));
    }

    [Fact]
    public void Names_its_dialect() => Assert.Contains("https://json-schema.org/draft/2020-12/schema", JobFile.Schema());

    /// <summary>YAML as the data model that schemas speak of, read apart from the product's own reader.</summary>
    private static JToken Json(string yaml) => YamlJson.Of(yaml);
}
