namespace DistributedTrainer.Coordination.Tests;

public class CheckpointMarksTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void A_clock_chooses_a_version_ahead_and_repeats_it_until_it_is_reached()
    {
        var marks = new CheckpointMarks(CheckpointInterval.Seconds(2), TimeSpan.Zero);
        var told = Play(marks, steps: 60);
        // Two seconds are over at version 40; a stamp has 200 ms to reach every server, which is four steps.
        Assert.All(told.Where(mark => mark.Version < 40), mark => Assert.Equal(0, mark.Marked));
        Assert.All(told.Where(mark => mark.Version is >= 40 and <= 44), mark => Assert.Equal(44, mark.Marked));
        Assert.All(told.Where(mark => mark.Version > 44), mark => Assert.Equal(0, mark.Marked));
    }

    [Fact]
    public void A_slow_step_still_leaves_two_steps_ahead()
    {
        var marks = new CheckpointMarks(CheckpointInterval.Seconds(2), TimeSpan.Zero);
        Assert.Equal(0, marks.At(1, false, false, TimeSpan.FromSeconds(1)));
        Assert.Equal(4, marks.At(2, false, false, TimeSpan.FromSeconds(9)));
    }

    [Fact]
    public void A_checkpoint_for_another_reason_starts_the_clock_again()
    {
        var marks = new CheckpointMarks(CheckpointInterval.Seconds(2), TimeSpan.Zero);
        marks.Begun(TimeSpan.FromSeconds(1.9));
        Assert.Equal(0, marks.At(40, false, false, TimeSpan.FromSeconds(2)));
        Assert.NotEqual(0, marks.At(80, false, false, TimeSpan.FromSeconds(4)));
    }

    [Theory, InlineData(0.9, 0), InlineData(1, 7)]
    public void An_epochs_end_is_marked_unless_one_was_just_written(double seconds, long expected)
    {
        var marks = new CheckpointMarks(CheckpointInterval.Steps(1000), TimeSpan.Zero);
        Assert.Equal(expected, marks.At(7, isHeld: true, isFinal: false, TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public void The_last_version_is_always_marked() =>
        Assert.Equal(7, new CheckpointMarks(CheckpointInterval.Seconds(30), TimeSpan.Zero).At(7, isHeld: true, isFinal: true, TimeSpan.Zero));

    [Fact]
    public void Never_marks_nothing() =>
        Assert.Equal(0, new CheckpointMarks(CheckpointInterval.Never, TimeSpan.Zero).At(7, isHeld: true, isFinal: true, TimeSpan.FromHours(1)));

    [Fact]
    public void Writing_takes_at_most_a_twentieth_of_the_time()
    {
        var marks = new CheckpointMarks(CheckpointInterval.Seconds(2), TimeSpan.Zero);
        marks.Took(TimeSpan.FromSeconds(0.5));
        Assert.Equal(0, marks.At(40, false, false, TimeSpan.FromSeconds(9)));
        Assert.Equal(0, marks.At(41, true, false, TimeSpan.FromSeconds(9.9)));
        Assert.NotEqual(0, marks.At(80, false, false, TimeSpan.FromSeconds(10)));
    }

    private static List<(long Version, long Marked)> Play(CheckpointMarks marks, int steps)
    {
        var told = new List<(long Version, long Marked)>();
        for (var version = 1; version <= steps; version++)
        {
            var mark = marks.At(version, false, false, Step * version);
            if (mark == version)
                marks.Begun(Step * version);
            told.Add((version, mark));
        }

        return told;
    }
}
