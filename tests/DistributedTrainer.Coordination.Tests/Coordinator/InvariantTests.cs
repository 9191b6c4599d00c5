namespace DistributedTrainer.Coordination.Tests;

/// <summary>State machines see for themselves what their rules exclude.</summary>
public class InvariantTests
{
    private static readonly Assignment Good = new(1, 1, ["a", "a", "b"], ["a", "b"]) { Backups = ["b", "a"] };

    [Fact]
    public void An_assignment_has_no_holes_and_keeps_backups_apart()
    {
        Assert.Null(Good.WhyBroken());
        Assert.Contains("two runs", (Good with { Shards = ["a", "b", "a"] }).WhyBroken(), StringComparison.Ordinal);
        Assert.Contains("nobody", (Good with { Primaries = ["a", ""] }).WhyBroken(), StringComparison.Ordinal);
        Assert.Contains("range 1", (Good with { Backups = ["b", "b"] }).WhyBroken(), StringComparison.Ordinal);
        Assert.Contains("1 of 2", (Good with { Backups = ["b"] }).WhyBroken(), StringComparison.Ordinal);
        Assert.Contains("0 shards", (Good with { Shards = [] }).WhyBroken(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_book_goes_on_where_it_was()
    {
        var job = new JobRecord(new JobSubmission("j1", SmallJobs.Submit().JobText, 1, 1, 0, null));
        Assert.Contains("follows assignment 0", job.WhyImpossible(new AssignmentMade("j1", Good with { Number = 2 })), StringComparison.Ordinal);
        Assert.Contains("in force", job.WhyImpossible(new AssignmentInForce("j1", 1)), StringComparison.Ordinal);
        job.Apply(new AssignmentMade("j1", Good with { Term = 3 }));
        Assert.Null(job.WhyImpossible(new AssignmentInForce("j1", 1)));
        Assert.Contains("term 2", job.WhyImpossible(new AssignmentMade("j1", Good with { Term = 2, Number = 2 })), StringComparison.Ordinal);
        Assert.Contains("epoch 2", job.WhyImpossible(Epoch(2, 8)), StringComparison.Ordinal);
        job.Apply(Epoch(1, 8));
        Assert.Contains("step 8", job.WhyImpossible(Epoch(2, 8)), StringComparison.Ordinal);
        Assert.Null(job.WhyImpossible(Epoch(2, 16)));
    }

    [Fact]
    public void Two_nodes_cannot_write_other_bytes_for_one_part()
    {
        var collector = new CheckpointCollector(2, 0);
        Assert.Null(collector.Take("a", Part("11"), default));
        Assert.Null(collector.Take("b", Part("11"), default));
        var broken = Assert.Throws<BrokenInvariantException>(() => collector.Take("b", Part("22"), default));
        Assert.Equal(
            "node c, job j1, step 9: nodes a and b have written other bytes for range 0 of version 8: this is a defect, or the machine is faulty",
            broken.Describe("c", "j1", 9));
    }

    [Fact]
    public void An_epoch_ends_after_the_best_one() => Assert.Throws<BrokenInvariantException>(() => Convergence.Decide(
        new StopSpec(), ConvergenceState.Start with { BestVersion = 8 }, new EpochResult(1, 8, 1, null, false)));

    private static EpochDecided Epoch(int epoch, long step) => new(
        "j1", new HistoryRow(epoch, step, 0.1, 1, 0, null, [], 1, 1), 8, new ConvergenceState(1, step, 0, 1), new EpochDecision(false, false, "continue"));

    private static PartReport Part(string sha256) => new(8, 0, new RangePart(0, 0, 5, "range-0", 20, sha256, 0, -1, default, 0), "");
}
