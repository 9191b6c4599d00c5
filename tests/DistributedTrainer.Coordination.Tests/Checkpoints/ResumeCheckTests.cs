namespace DistributedTrainer.Coordination.Tests;

public class ResumeCheckTests
{
    private static readonly CheckpointManifest Manifest = new() { Arithmetic = 1, Job = JobFile.Format(JobText.Parse(JobText.Smallest)) };

    [Theory]
    [InlineData("name: other")]
    [InlineData("epochs: 11")]
    [InlineData("epochs: 1")]
    [InlineData("stop: { steps: 10 steps }")]
    [InlineData("stop: { time: 1 h }")]
    [InlineData("metrics: [accuracy, { top-k: { k: 3 } }]")]
    [InlineData("checkpoint: { every: 5 steps }")]
    [InlineData("shards: 8")]
    public void Harmless(string line) => Assert.Null(ResumeCheck.WhyNot(Manifest, "c/10", JobText.With(line), 1));

    [Theory]
    [InlineData("seed: 1", "seed was 0 and is 1")]
    [InlineData("shards: 4", "shards was 8 and is 4")]
    [InlineData("batch-size: 32", "batch-size was 64 and is 32")]
    [InlineData("penalty: { l2: 0.1 }", "penalty.l2 was 0 and is 0.1")]
    [InlineData("stop: { patience: 2 epochs }", "stop.patience was nothing and is 2 epochs")]
    [InlineData("seed: 1\nbatch-size: 32", "seed was 0 and is 1; batch-size was 64 and is 32")]
    public void Another_recipe_is_refused_by_name(string lines, string says) => Assert.Equal(
        $"c/10 is of another recipe: {says}. Resume with the job that was run (job.yaml in the report folder), or begin anew in another report folder",
        ResumeCheck.WhyNot(Manifest, "c/10", JobText.With(lines), 1));

    [Theory]
    [InlineData("model: [ { dense: { units: 10 } }, { dense: { units: 10 } } ]", "model.1.dense.units was nothing and is 10")]
    [InlineData("optimizer: { adam: { learning-rate: 0.02 } }", "optimizer.adam.learning-rate was 0.01 and is 0.02")]
    [InlineData("optimizer: { gd: { learning-rate: 0.01 } }", "optimizer.gd.learning-rate was nothing and is 0.01")]
    public void So_is_another_section(string line, string says) =>
        Assert.Contains(says, ResumeCheck.WhyNot(Manifest, "c/10", JobText.Parse(JobText.Replace(line)), 1));

    /// <summary>A rate that is stretched over the epochs would have been another at every step; one with an end of its own would not.</summary>
    [Theory]
    [InlineData("schedule: cosine", false)]
    [InlineData("schedule: one-cycle", false)]
    [InlineData("schedule: { linear: { over: 50 steps } }", true)]
    [InlineData("schedule: { exponential: { factor: 0.9 } }", true)]
    public void Epochs_may_change_where_they_decide_no_learning_rate(string schedule, bool may)
    {
        var manifest = new CheckpointManifest { Arithmetic = 1, Job = JobFile.Format(JobText.With(schedule)) };
        var why = ResumeCheck.WhyNot(manifest, "c/10", JobText.With($"{schedule}\nepochs: 20\nstop: {{ steps: 10 steps }}"), 1);
        Assert.Equal(may, why is null);
        Assert.True(may || why!.Contains("another recipe: epochs was 10 and is 20.", StringComparison.Ordinal), why);
    }

    [Fact]
    public void Another_arithmetic_is_refused() => Assert.StartsWith(
        "c/10 was written by arithmetic 1, this build has arithmetic 2", ResumeCheck.WhyNot(Manifest, "c/10", JobText.Parse(JobText.Smallest), 2));
}
