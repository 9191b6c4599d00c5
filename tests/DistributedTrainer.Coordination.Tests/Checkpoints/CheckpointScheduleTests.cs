namespace DistributedTrainer.Coordination.Tests;

public class CheckpointScheduleTests
{
    /// <summary>Four steps an epoch, three epochs.</summary>
    private static readonly RunPlan Plan = new(SmallJobs.Linear with { Epochs = 3 }, PlayedTraining.TrainRows);

    public static TheoryData<string, long[]> Intervals => new()
    {
        { "5 steps", [5, 10, 12] },
        { "1 steps", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] },
        { "13 steps", [12] },
        { "1 epochs", [4, 8, 12] },
        { "2 epochs", [8, 12] },
        { "30 s", [12] },
        { "never", [] },
    };

    [Theory, MemberData(nameof(Intervals))]
    public void Due_are_multiples_and_the_end(string every, long[] expected) => Assert.Equal(expected, Due(every, start: 0));

    [Theory, InlineData(5, new long[] { 10, 12 }), InlineData(12, new long[0])]
    public void What_a_run_began_from_is_not_written_again(long start, long[] expected) => Assert.Equal(expected, Due("5 steps", start));

    private static IEnumerable<long> Due(string every, long start)
    {
        var schedule = new CheckpointSchedule(JobText.With($"checkpoint: {{ every: {every} }}").Checkpoint.Every, Plan, start);
        return Enumerable.Range(0, 13).Select(version => (long)version).Where(schedule.IsDue);
    }
}
