namespace DistributedTrainer.Coordination.Tests;

/// <summary>The recipe's hash follows what can change the weights, and nothing else.</summary>
public class RecipeTests
{
    private static readonly string Plain = JobFile.RecipeSha256(JobText.Parse(JobText.Smallest));

    /// <summary>Recipes of one version must not change from build to build: runs are resumed and compared by them.</summary>
    [Fact]
    public void Stays_the_same() => Assert.Equal("465fcfb3371f2150ab9a744f0e2cec12115dac8e8a8e60e1bf94815037cec268", Plain);

    [Theory]
    [InlineData("name: other")]
    [InlineData("metrics: [accuracy, { top-k: { k: 3 } }]")]
    [InlineData("seed: 0")]
    [InlineData("batch-size: 64")]
    [InlineData("shards: 8")]
    [InlineData("epochs: 10")]
    [InlineData("mode: sync")]
    [InlineData("precision: float32")]
    [InlineData("penalty: { }")]
    [InlineData("penalty: { l1: 0.0, l2: 0e5 }")]
    [InlineData("stop: { }")]
    [InlineData("stop: { monitor: train.loss }")]
    public void Is_not_changed_by(string line) => Assert.Equal(Plain, JobFile.RecipeSha256(JobText.With(line)));

    [Theory]
    [InlineData("data: { source: digits, normalize: standard, shard-by: batch, validation: 0.0 }")]
    [InlineData("model: [ { dense: { units: 10, bias: true, activation: none, initializer: glorot-uniform, name: dense-1 } } ]")]
    [InlineData("loss: { cross-entropy: { label-smoothing: 0 } }")]
    [InlineData("optimizer: { adam: { learning-rate: 1e-2, epsilon: 0.00000001 } }")]
    public void Is_not_changed_by_the_same_in_other_words(string line) => Assert.Equal(Plain, JobFile.RecipeSha256(JobText.Parse(JobText.Replace(line))));

    [Theory]
    [InlineData("seed: 1")]
    [InlineData("batch-size: 32")]
    [InlineData("batch-size: all")]
    [InlineData("shards: 7")]
    [InlineData("epochs: 11")]
    [InlineData("penalty: { l1: 1e-9 }")]
    [InlineData("precision: bfloat16")]
    [InlineData("stop: { patience: 1 epoch }")]
    [InlineData("stop: { steps: 10 steps }")]
    [InlineData("stop: { time: 1 h }")]
    public void Is_changed_by(string line) => Assert.NotEqual(Plain, JobFile.RecipeSha256(JobText.With(line)));

    [Theory]
    [InlineData("data: iris")]
    [InlineData("data: { source: digits, validation: 0.1 }")]
    [InlineData("data: { source: digits, test: 0.1 }")]
    [InlineData("data: { source: digits, normalize: none }")]
    [InlineData("data: { source: digits, shard-by: rows }")]
    [InlineData("model: [ { dense: { units: 10, name: out } } ]")]
    [InlineData("model: [ { dense: { units: 10 } }, { dense: { units: 10 } } ]")]
    [InlineData("loss: mse")]
    [InlineData("optimizer: { adam: { learning-rate: 0.02 } }")]
    [InlineData("optimizer: { adamw: { learning-rate: 0.01, weight-decay: 0 } }")]
    public void Is_changed_by_another(string line) => Assert.NotEqual(Plain, JobFile.RecipeSha256(JobText.Parse(JobText.Replace(line))));

    [Theory]
    [InlineData("data: { source: csv, path: a.csv, target: y }", "data: { source: csv, path: b.csv, target: y }")]
    [InlineData("data: { source: csv, path: a.csv, target: y, validation: { path: v } }", "data: { source: csv, path: a.csv, target: y, validation: { path: w } }")]
    [InlineData("data: { source: idx, path: a, labels: b, test: { path: c, labels: d } }", "data: { source: idx, path: e, labels: f, test: { path: g, labels: h } }")]
    [InlineData("data: mnist", "data: { source: mnist, path: elsewhere }")]
    public void Knows_no_paths(string one, string other) => Assert.Equal(Recipe(one), Recipe(other));

    [Fact]
    public void Knows_augmentation_and_its_order()
    {
        Assert.Equal(Recipe("data: mnist"), Recipe("data: { source: mnist, augment: [] }"));
        Assert.NotEqual(Recipe("data: mnist"), Recipe("data: { source: mnist, augment: [flip] }"));
        Assert.NotEqual(
            Recipe("data: { source: mnist, augment: [flip, { cutout: { size: 3 } }] }"), Recipe("data: { source: mnist, augment: [{ cutout: { size: 3 } }, flip] }"));
    }

    [Fact]
    public void Knows_whether_there_are_validation_files() => Assert.NotEqual(
        Recipe("data: { source: csv, path: a, target: y }"), Recipe("data: { source: csv, path: a, target: y, validation: { path: v } }"));

    [Fact]
    public void Eight_shards_of_all_rows_are_the_default() => Assert.Equal(
        JobFile.RecipeSha256(JobText.With("batch-size: all")), JobFile.RecipeSha256(JobText.With("batch-size: all\nshards: 8")));

    private static string Recipe(string data) => JobFile.RecipeSha256(JobText.Parse(JobText.Replace(data)));
}
