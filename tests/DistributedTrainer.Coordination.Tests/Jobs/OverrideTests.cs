using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination.Tests;

public class OverrideTests
{
    [Fact]
    public void Replaces_a_value() => Assert.Equal(2, JobText.Parse(JobText.Smallest + "epochs: 9", "epochs=2").Epochs);

    [Fact]
    public void Adds_a_key_and_the_maps_on_the_way() => Assert.Equal(5, JobText.Parse(JobText.Smallest, "stop.patience=5 epochs").Stop.Patience);

    [Fact]
    public void Goes_into_lists() => Assert.Equal(64, Assert.IsType<Dense>(JobText.Parse(JobText.Smallest, "model.0.dense.units=64").Model[0]).Units);

    [Fact]
    public void Takes_any_yaml() =>
        Assert.Equal(0.1, Assert.IsType<GradientDescent>(JobText.Parse(JobText.Smallest, "optimizer={ gd: { learning-rate: 0.1 } }").Optimizer).LearningRate);

    [Fact]
    public void A_bare_word_becomes_its_map() =>
        Assert.Equal(0.1, Assert.IsType<CrossEntropy>(JobText.Parse(JobText.Smallest, "loss.cross-entropy.label-smoothing=0.1").Loss).LabelSmoothing);

    [Fact]
    public void A_bare_source_becomes_its_map() =>
        Assert.Equal(new BuiltInData("iris") { ValidationFraction = 0.2, Normalize = Normalization.Standard },
            JobText.Parse(JobText.Replace("data: iris"), "data.validation=0.2").Data);

    [Fact]
    public void Later_ones_win() => Assert.Equal(4, JobText.Parse(JobText.Smallest, "epochs=3", "epochs=4").Epochs);

    [Fact]
    public void The_values_equals_sign_is_the_values() => Assert.Equal("a=b",
        Assert.IsType<CsvData>(JobText.Parse(JobText.Replace("data: { source: csv, path: x, target: y }"), "data.target=a=b").Data).Target);

    [Fact]
    public void A_needed_section_may_come_from_overrides() => Assert.Equal(
        JobFile.RecipeSha256(JobText.Parse(JobText.Smallest)),
        JobFile.RecipeSha256(JobText.Parse("", "data=digits", "model=[{ dense: { units: 10 } }]", "loss=cross-entropy", "optimizer.adam.learning-rate=0.01")));

    [Theory]
    [InlineData("name: other", "name=null")]
    [InlineData("seed: 3", "seed=null")]
    [InlineData("penalty: { l2: 1e-3 }", "penalty=null")]
    [InlineData("penalty: { l2: 1e-3 }", "penalty.l2=null")]
    [InlineData("schedule: { cosine: { to: 1e-5, warm-up: 100 steps } }", "schedule=null")]
    [InlineData("clip: { norm: 1.0 }", "clip=null")]
    [InlineData("clip: { norm: 1.0 }", "clip=~")]
    [InlineData("average: { decay: 0.99 }", "average=null")]
    [InlineData("freeze: [dense-1]", "freeze=null")]
    [InlineData("start-from: { model: runs/old }", "start-from=null")]
    [InlineData("data: { source: digits, labelled: 50 rows }\npseudo-labels: { confidence: 0.9, rounds: 2, every: 2 epochs }", "pseudo-labels=null", "data.labelled=null")]
    [InlineData("data: { source: digits, validation: 0.2, normalize: none }", "data.validation=null", "data.normalize=null")]
    [InlineData("batch-size: 32", "batch-size=null")]
    [InlineData("micro-batches: 2", "micro-batches=null")]
    [InlineData("epochs: 3", "epochs=null")]
    [InlineData("stop: { patience: 3 epochs, steps: 9 steps }", "stop=null")]
    [InlineData("stop: { patience: 3 epochs, min-delta: 0.1 }", "stop.patience=null", "stop.min-delta=null")]
    [InlineData("shards: 2", "shards=null")]
    [InlineData("mode: sync", "mode=null")]
    [InlineData("precision: bfloat16", "precision=null")]
    [InlineData("metrics: [accuracy]", "metrics=null")]
    [InlineData("checkpoint: { every: 30 s, keep: 1 }", "checkpoint=null")]
    public void Null_leaves_a_key_out(string lines, params string[] settings)
    {
        var text = lines.StartsWith("data:", StringComparison.Ordinal) ? JobText.Replace(lines) : JobText.Smallest + lines;
        Assert.Equal(JobFile.Format(JobText.Parse(JobText.Smallest)), JobFile.Format(JobText.Parse(text, settings)));
    }

    [Fact]
    public void Null_leaves_augmentation_out() => Assert.Equal(
        JobFile.Format(JobText.Parse(JobText.Replace("data: mnist"))),
        JobFile.Format(JobText.Parse(JobText.Replace("data: { source: mnist, augment: [ shift: { pixels: 1 } ] }"), "data.augment=null")));

    [Fact]
    public void After_null_a_section_begins_anew() =>
        Assert.Equal(new StopSpec { Steps = 20 }, JobText.Parse(JobText.Smallest + "stop: { patience: 3 epochs }", "stop=null", "stop.steps=20 steps").Stop);

    [Theory]
    [InlineData("loss=null", "loss: expected one loss")]
    [InlineData("optimizer.adam.learning-rate=null", "optimizer.adam.learning-rate: expected a number")]
    [InlineData("clip=", "clip: expected")]
    public void What_is_needed_cannot_be_null_nor_can_a_value_be_forgotten(string setting, string says) =>
        Assert.StartsWith($"--set {setting}: {says}", JobText.Error(JobText.Smallest, setting).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("epochs", "expected key=value, such as epochs=2")]
    [InlineData("=2", "expected key=value")]
    [InlineData("stop..patience=2", "the path 'stop..patience' has an empty part")]
    [InlineData("model.9.dense.units=64", "the list 'model' has 1 entry, 0; found '9'")]
    [InlineData("model.dense.units=64", "the list 'model' has 1 entry, 0; found 'dense'")]
    [InlineData("model.-1.dense.units=64", "found '-1'")]
    [InlineData("loss.huber.delta=1", "'loss' is 'cross-entropy', which has no 'huber' in it")]
    [InlineData("epochs=[1", "not valid YAML")]
    [InlineData("epochs=*x", "aliases")]
    [InlineData("epochs=", "epochs: expected a whole number of 1 or more; found nothing")]
    [InlineData("epochs=many", "epochs: expected a whole number of 1 or more; found 'many'")]
    [InlineData("epoch=2", "epoch: unknown key 'epoch'")]
    [InlineData("model.0.dense.unit=2", "model.0.dense.unit: unknown key 'unit'")]
    [InlineData("optimizer.gd.learning-rate=0.1", "optimizer: expected one optimizer")]
    [InlineData("stop.patience=5", "stop.patience: '5' has no unit")]
    [InlineData("checkpoint={ every: 200 }", "checkpoint.every: '200' has no unit")]
    [InlineData("shards=100", "shards: 100 is above the batch size, 64")]
    public void Errors_name_the_override(string setting, string says)
    {
        var error = JobText.Error(JobText.Smallest, setting);
        Assert.Contains(says, error.Message);
        if (setting != "optimizer.gd.learning-rate=0.1") Assert.StartsWith($"--set {setting}: ", error.Message);
    }

    [Fact]
    public void A_list_of_two_has_indexes_0_to_1() => Assert.Equal(
        "--set model.9.dense.units=64: the list 'model' has 2 entries, 0 to 1; found '9'",
        JobText.Error(JobText.Replace("model: [ { dense: { units: 3 } }, { dense: { units: 10 } } ]"), "model.9.dense.units=64").Message);
}
