using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors.Tests;

public class RehearsalTests
{
    private readonly Rehearsal _rehearsal = new(new Assignment(1, 2, ["a", "b"], ["a"]), steps: 2);

    /// <summary>A version between two may have come in part only: gradients of it would be wrong, and servers compare what comes twice.</summary>
    [Fact]
    public void It_takes_versions_that_were_here_whole_and_whose_step_is_over()
    {
        long?[] steps = [.. new long[] { 7, 7, 8, 11, 11, 12 }.Select(_rehearsal.StepBefore)];
        Assert.Equal([null, null, 7, 8, null, 11], steps);
    }

    [Fact]
    public void It_is_over_after_some_steps_or_after_two_ticks_without()
    {
        _rehearsal.Done();
        Assert.False(_rehearsal.IsOver);
        _rehearsal.Done();
        Assert.True(_rehearsal.IsOver);
        Assert.Equal([false, true], new[] { _rehearsal.IsOverdue(), _rehearsal.IsOverdue() });
    }
}
