using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Cli.Tests;

/// <summary>What validate says of schedules, clipping and the like.</summary>
public class PracticeTableTests
{
    private const string Plain = """
        data: digits
        model: [ { dense: { units: 10 } } ]
        loss: cross-entropy
        optimizer: { adam: { learning-rate: 0.01 } }
        batch-size: 100
        """;

    [Fact]
    public void A_plain_job_has_no_line() => Assert.Empty(Lines(""));

    [Fact]
    public void Everything_that_a_job_uses_has_one() => Assert.Equal(
        [
            "learning rate 0.000909091 at step 0, 0.01 at step 10, 0.00546134 at step 90, 8.53748E-07 at step 179",
            "gradient clipped to a norm of 0.5",
            "micro-batches: each shard's slice in 2 parts",
            "moving average of the weights, decay 0.99: it is evaluated and saved",
            "frozen: 650 of 650 parameters",
        ],
        Lines("schedule: { cosine: { warm-up: 10 steps } }\nclip: { norm: 0.5 }\nmicro-batches: 2\naverage: { decay: 0.99 }\nfreeze: [dense-1]"));

    [Fact]
    public void A_rate_that_follows_plateaus_is_said_to() => Assert.Equal(
        ["learning rate 0.01 at step 0, 0.01 at step 90, 0.01 at step 179, where no plateau comes before", "gradient clipped to ±0.25"],
        Lines("schedule: reduce-on-plateau\nclip: { value: 0.25 }"));

    private static string[] Lines(string more)
    {
        var job = JobFile.Parse($"{Plain}\n{more}", "job.yaml");
        return [.. PracticeTable.Lines(job, Network.Compile(job.Model, job.Loss, [64], 1, 10), new RunPlan(job, 1797))];
    }
}
