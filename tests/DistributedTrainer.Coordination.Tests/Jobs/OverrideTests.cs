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
