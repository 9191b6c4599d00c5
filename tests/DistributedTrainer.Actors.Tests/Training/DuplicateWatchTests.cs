using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors.Tests;

public sealed class DuplicateWatchTests
{
    private readonly DuplicateWatch _watch = new();

    [Fact]
    public void A_late_twin_is_compared_with_the_first_one()
    {
        Assert.Null(Differs([1, 2], "helper", isNow: true));
        _watch.NextStep(1, hasAsked: true);
        _watch.NextStep(1, hasAsked: false); // begun again after an epoch's decision
        Assert.Null(Differs([1, 2], "owner", isNow: false));
        Assert.Equal("helper", Differs([1, 3], "owner", isNow: false));
    }

    [Fact]
    public void Other_sums_of_the_same_rows_differ_though_their_gradients_are_the_same()
    {
        Assert.Null(_watch.Differs(Header(new StepSums(1, 4, 4)), [1], "one", isNow: true));
        Assert.Equal("one", _watch.Differs(Header(new StepSums(2, 4, 4)), [1], "other", isNow: true));
    }

    [Fact]
    public void Once_a_step_needed_no_help_nothing_is_watched_any_more()
    {
        Assert.False(_watch.Watches(isNow: true, hasAsked: false));
        Assert.True(_watch.Watches(isNow: true, hasAsked: true));
        Assert.Null(Differs([1, 2], "helper", isNow: true));

        _watch.NextStep(1, hasAsked: true);
        Assert.True(_watch.Watches(isNow: false, hasAsked: false));
        Assert.False(_watch.Watches(isNow: true, hasAsked: false)); // a checksum of every sum is what it would cost

        _watch.NextStep(2, hasAsked: false);
        Assert.False(_watch.Watches(isNow: false, hasAsked: false));
    }

    private string? Differs(byte[] payload, string sender, bool isNow) => _watch.Differs(Header(new StepSums(1, 4, 4)), payload, sender, isNow);

    private static FrameHeader Header(StepSums sums) => new() { Kind = FrameKind.Push, SlotFirst = 0, SlotEnd = 4, Sums = sums };
}
