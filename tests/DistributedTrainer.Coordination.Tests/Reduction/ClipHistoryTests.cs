namespace DistributedTrainer.Coordination.Tests;

public class ClipHistoryTests
{
    [Fact]
    public void The_last_steps_are_known_and_no_others()
    {
        var clips = new ClipHistory();
        Assert.Null(clips.Of(0));
        for (var step = 0; step < 7; step++)
            clips.Note(step, step / 10f);
        Assert.Equal([0.3f, 0.4f, 0.5f, 0.6f], Enumerable.Range(3, 4).Select(step => clips.Of(step)!.Value));
        Assert.Null(clips.Of(2));
        Assert.Null(clips.Of(7));
        Assert.Null(clips.Of(-1));
    }
}
