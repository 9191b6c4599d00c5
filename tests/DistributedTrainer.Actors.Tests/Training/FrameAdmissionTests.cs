using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors.Tests;

public sealed class FrameAdmissionTests : IDisposable
{
    private readonly OpenedJob _job = OpenedJob.Open("job", JobFile.Format(SmallJobs.Digits), servers: 2);
    private readonly Assignment _active = new(Term: 3, Number: 2, [.. Enumerable.Repeat("me", 4), .. Enumerable.Repeat("you", 4)], ["me", "you"]);
    private readonly BufferPool _pool = new();

    public void Dispose() => _job.Dispose();

    [Theory]
    [InlineData(FrameKind.Publish)]
    [InlineData(FrameKind.Push)]
    [InlineData(FrameKind.State)]
    [InlineData(FrameKind.Model)]
    public void A_frame_of_the_right_length_for_its_range_is_taken_and_no_other(FrameKind kind)
    {
        var length = _job.Ranges[1].Length;
        Assert.Null(WhyNot(new FrameHeader { Kind = kind, Range = 1, Term = 3, Step = 7 }, length));
        Assert.Equal(DropReason.UnknownRange, WhyNot(new FrameHeader { Kind = kind, Range = 1, Term = 3, Step = 7 }, length - 1));
        Assert.Equal(DropReason.UnknownRange, WhyNot(new FrameHeader { Kind = kind, Range = 2, Term = 3, Step = 7 }, length));
        Assert.Equal(DropReason.UnknownRange, WhyNot(new FrameHeader { Kind = kind, Range = -1, Term = 3, Step = 7 }, length));
    }

    [Theory, InlineData(-1), InlineData(1), InlineData(int.MaxValue)]
    public void A_piece_that_the_range_does_not_have_is_refused(int piece) => Assert.Equal(
        DropReason.UnknownRange,
        WhyNot(new FrameHeader { Kind = FrameKind.Push, Range = 1, Piece = piece, Step = 7 }, _job.Ranges[1].Length));

    [Fact]
    public void A_kind_that_does_not_exist_is_refused() => Assert.Equal(DropReason.UnknownRange, WhyNot(new FrameHeader { Kind = (FrameKind)99 }, 0));

    [Fact]
    public void An_old_authority_finishes_the_version_that_the_new_one_was_stamped_on_and_goes_no_further()
    {
        Assert.Null(WhyNot(new FrameHeader { Kind = FrameKind.Stamp, Term = 2, Step = 6 }, 0));
        Assert.Equal(DropReason.OldTerm, WhyNot(new FrameHeader { Kind = FrameKind.Stamp, Term = 2, Step = 7 }, 0));
        Assert.Null(WhyNot(new FrameHeader { Kind = FrameKind.Stamp, Term = 4, Step = 7 }, 0));
    }

    [Fact]
    public void A_version_that_cannot_exist_before_this_nodes_own_push_is_refused()
    {
        var length = _job.Ranges[1].Length;
        Assert.Null(WhyNot(new FrameHeader { Kind = FrameKind.Publish, Range = 1, Term = 3, Step = 7 }, length));
        var far = new FrameHeader { Kind = FrameKind.Publish, Range = 1, Term = 3, Step = 8 };
        Assert.Equal(DropReason.BeyondNextStep, WhyNot(far, length));
        Assert.Null(WhyNot(far, length, self: "a node without shards"));
    }

    /// <summary>Batches of 479, 479, 479 and 1 row: the last row is shard 4's, and the others' nodes are not waited for.</summary>
    [Fact]
    public void A_version_after_a_step_in_which_this_node_has_no_rows_is_taken()
    {
        using var job = OpenedJob.Open("job", JobFile.Format(SmallJobs.Digits with { BatchSize = 479, Shards = 5, Stop = new StopSpec() }), servers: 2);
        var active = new Assignment(Term: 3, Number: 2, ["me", "me", "me", "me", "you"], ["me", "you"]);
        var length = job.Ranges[1].Length;
        Assert.Null(WhyNot("me", 4));
        Assert.Equal(DropReason.BeyondNextStep, WhyNot("me", 5));
        Assert.Null(WhyNot("you", 3));
        Assert.Equal(DropReason.BeyondNextStep, WhyNot("you", 4));
        Assert.Equal(DropReason.BeyondNextStep, WhyNot("me", long.MaxValue));

        DropReason? WhyNot(string node, long version) => FrameAdmission.WhyNot(
            job, Frame(new FrameHeader { Kind = FrameKind.Publish, Range = 1, Term = 3, Step = version }, length), active, activeSince: 0, node, started: 2);
    }

    [Fact]
    public void A_node_that_gets_shards_again_takes_the_version_they_were_stamped_on()
    {
        var length = _job.Ranges[1].Length;
        var stamped = new FrameHeader { Kind = FrameKind.Publish, Range = 1, Term = 3, Step = 6 };
        Assert.Null(FrameAdmission.WhyNot(_job, Frame(stamped, length), _active, activeSince: 6, "me", started: 2));
        Assert.Equal(
            DropReason.BeyondNextStep, FrameAdmission.WhyNot(_job, Frame(stamped with { Step = 7 }, length), _active, activeSince: 6, "me", started: 2));
    }

    [Fact]
    public void A_node_that_has_not_begun_takes_any_version() => Assert.Null(
        FrameAdmission.WhyNot(_job, Frame(new FrameHeader { Kind = FrameKind.Publish, Range = 1, Step = 900 }, _job.Ranges[1].Length), null, 0, "me", -1));

    private DropReason? WhyNot(FrameHeader header, int floats, string self = "me") =>
        FrameAdmission.WhyNot(_job, Frame(header, floats), _active, activeSince: 6, self, started: 6);

    private FrameArrived Frame(FrameHeader header, int floats) => new(header, new TensorSlice(floats > 0 ? _pool.Rent(floats) : null, 0, floats));
}
