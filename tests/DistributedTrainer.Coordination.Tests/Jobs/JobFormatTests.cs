using CsCheck;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination.Tests;

public class JobFormatTests
{
    private static readonly string Elsewhere = Path.Combine(Path.GetTempPath(), "elsewhere", "job.yaml");

    [Fact]
    public void Every_job_survives_writing_and_reading() => JobGen.Job.Sample(job =>
    {
        var text = JobFile.Format(job);
        var again = JobFile.Parse(text, Elsewhere);
        Assert.Equal(text, JobFile.Format(again));
        Assert.Equal(JobFile.RecipeSha256(job), JobFile.RecipeSha256(again));
        Assert.Equal(job.Loss, again.Loss);
        Assert.Equal(job.Optimizer, again.Optimizer);
        Assert.Equal(job.Stop with { Monitor = job.ResolveMonitor() }, again.Stop);
        Assert.Equal(LayerNames.Assign(job.Model), again.Model);
        AssertSame(job.Data, again.Data);
    });

    [Fact]
    public void Defaults_are_spelled_out()
    {
        var text = JobFile.Format(JobText.Parse(JobText.Smallest));
        Assert.Equal(
            """
            name: job
            seed: 0
            data: {source: digits, validation: 0, test: 0, normalize: standard, shard-by: batch}
            model:
            - dense: {units: 10, activation: none, initializer: glorot-uniform, bias: true, name: dense-1}
            loss:
              cross-entropy: {label-smoothing: 0}
            optimizer:
              adam: {learning-rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-08}
            penalty: {l1: 0, l2: 0}
            batch-size: 64
            epochs: 10
            stop: {monitor: train.loss, min-delta: 0}
            shards: 8
            mode: sync
            precision: float32
            metrics: [accuracy]
            checkpoint: {every: 30 s, keep: 3}

            """,
            text);
    }

    [Fact]
    public void Shards_of_a_batch_of_all_rows_stay_open_until_the_rows_are_known()
    {
        var job = JobText.With("batch-size: all");
        Assert.DoesNotContain("shards:", JobFile.Format(job));
        Assert.Contains("shards: 3\n", JobFile.Format(job with { Shards = job.ResolveShards(trainRows: 3) }));
    }

    /// <summary>Equal, but for the default of normalize, which reading fills in, and for lists, which records compare by reference.</summary>
    private static void AssertSame(DataSpec expected, DataSpec actual)
    {
        if (expected.Normalize is null) actual = actual with { Normalize = null };
        Assert.Equal(expected.Augment, actual.Augment);
        actual = actual with { Augment = expected.Augment };
        if (expected is CsvData csv && actual is CsvData csvAgain)
        {
            Assert.Equal(csv.Categorical, csvAgain.Categorical);
            actual = csvAgain with { Categorical = csv.Categorical, Ignore = csv.Ignore };
        }

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Data_that_no_file_can_say_is_refused() => Assert.Throws<ArgumentException>(() =>
        JobFile.Format(JobText.Parse(JobText.Smallest) with { Data = new MnistData { ValidationFiles = new DataFiles("/v.gz") } }));
}
