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
    [InlineData(FrameKind.Replicate)]
    [InlineData(FrameKind.ReplicaState)]
    public void A_frame_of_the_right_length_for_its_range_is_taken_and_no_other(FrameKind kind)
    {
        var length = _job.Ranges[1].Length;
        Assert.Null(WhyNot(new FrameHeader { Kind = kind, Range = 1, Term = Authority.Of(3, 2), Step = 7 }, length));
        Assert.Equal(DropReason.UnknownRange, WhyNot(new FrameHeader { Kind = kind, Range = 1, Term = Authority.Of(3, 2), Step = 7 }, length - 1));
        Assert.Equal(DropReason.UnknownRange, WhyNot(new FrameHeader { Kind = kind, Range = 2, Term = Authority.Of(3, 2), Step = 7 }, length));
        Assert.Equal(DropReason.UnknownRange, WhyNot(new FrameHeader { Kind = kind, Range = -1, Term = Authority.Of(3, 2), Step = 7 }, length));
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
        Assert.Null(WhyNot(new FrameHeader { Kind = FrameKind.Stamp, Term = Authority.Of(2, 2), Step = 6 }, 0));
        Assert.Equal(DropReason.OldTerm, WhyNot(new FrameHeader { Kind = FrameKind.Stamp, Term = Authority.Of(2, 2), Step = 7 }, 0));
        Assert.Null(WhyNot(new FrameHeader { Kind = FrameKind.Stamp, Term = Authority.Of(4, 2), Step = 7 }, 0));
    }

    [Fact]
    public void A_version_further_on_is_taken_by_a_node_whose_work_others_have_done() => Assert.Null(
        WhyNot(new FrameHeader { Kind = FrameKind.Publish, Range = 1, Term = Authority.Of(3, 2), Step = 900 }, _job.Ranges[1].Length));

    [Fact]
    public void What_names_no_slot_or_range_of_the_job_is_refused()
    {
        Assert.Null(WhyNot(new FrameHeader { Kind = FrameKind.Help, SlotFirst = 4, SlotEnd = 6 }, 0));
        Assert.Equal(DropReason.UnknownRange, WhyNot(new FrameHeader { Kind = FrameKind.Help, SlotFirst = 3, SlotEnd = 5 }, 0));
        Assert.Null(WhyNot(new FrameHeader { Kind = FrameKind.TakeOver, Range = 1 }, 0));
        Assert.Equal(DropReason.UnknownRange, WhyNot(new FrameHeader { Kind = FrameKind.TakeOver, Range = 2 }, 0));
        Assert.Equal(DropReason.UnknownRange, WhyNot(new FrameHeader { Kind = FrameKind.Decision }, 3));
    }

    [Fact]
    public void A_node_that_has_not_begun_takes_any_version() => Assert.Null(
        FrameAdmission.WhyNot(_job, Frame(new FrameHeader { Kind = FrameKind.Publish, Range = 1, Step = 900 }, _job.Ranges[1].Length), null, 0));

    private DropReason? WhyNot(FrameHeader header, int floats) =>
        FrameAdmission.WhyNot(_job, Frame(header, floats), _active, activeSince: 6);

    private FrameArrived Frame(FrameHeader header, int floats) => new(header, new TensorSlice(floats > 0 ? _pool.Rent(floats) : null, 0, floats));
}
