using Akka.Actor;
using DistributedTrainer.Coordination;

namespace DistributedTrainer.Actors.Tests;

public sealed class FrameAdmissionTests : IDisposable
{
    private readonly OpenedJob _job = OpenedJob.Open("job", JobFile.Format(SmallJobs.Digits), servers: 2);
    private readonly Assignment _active = new(Term: 3, Number: 2, [.. Enumerable.Repeat("me", 4), .. Enumerable.Repeat("you", 4)], ["me", "you"]);

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
        Assert.True(Fits(new FrameHeader { Kind = kind, Range = 1, Term = Authority.Of(3, 2), Step = 7 }, length));
        Assert.False(Fits(new FrameHeader { Kind = kind, Range = 1, Term = Authority.Of(3, 2), Step = 7 }, length - 1));
        Assert.False(Fits(new FrameHeader { Kind = kind, Range = 2, Term = Authority.Of(3, 2), Step = 7 }, length));
        Assert.False(Fits(new FrameHeader { Kind = kind, Range = -1, Term = Authority.Of(3, 2), Step = 7 }, length));
    }

    [Theory, InlineData(-1), InlineData(1), InlineData(int.MaxValue)]
    public void A_piece_that_the_range_does_not_have_is_refused(int piece) => Assert.False(
        Fits(new FrameHeader { Kind = FrameKind.Push, Range = 1, Piece = piece, Step = 7 }, _job.Ranges[1].Length));

    [Fact]
    public void A_kind_that_does_not_exist_is_refused() => Assert.False(Fits(new FrameHeader { Kind = (FrameKind)99 }, 0));

    [Fact]
    public void An_old_authority_finishes_the_version_that_the_new_one_was_stamped_on_and_goes_no_further()
    {
        Assert.False(IsSuperseded(new FrameHeader { Kind = FrameKind.Stamp, Term = Authority.Of(2, 2), Step = 6 }));
        Assert.True(IsSuperseded(new FrameHeader { Kind = FrameKind.Stamp, Term = Authority.Of(2, 2), Step = 7 }));
        Assert.False(IsSuperseded(new FrameHeader { Kind = FrameKind.Stamp, Term = Authority.Of(4, 2), Step = 7 }));
    }

    [Fact]
    public void A_version_further_on_is_taken_by_a_node_whose_work_others_have_done() => Assert.False(
        IsSuperseded(new FrameHeader { Kind = FrameKind.Publish, Range = 1, Term = Authority.Of(3, 2), Step = 900 }));

    [Fact]
    public void What_names_no_slot_or_range_of_the_job_is_refused()
    {
        Assert.True(Fits(new FrameHeader { Kind = FrameKind.Help, SlotFirst = 4, SlotEnd = 6 }, 0));
        Assert.False(Fits(new FrameHeader { Kind = FrameKind.Help, SlotFirst = 3, SlotEnd = 5 }, 0));
        Assert.True(Fits(new FrameHeader { Kind = FrameKind.TakeOver, Range = 1 }, 0));
        Assert.False(Fits(new FrameHeader { Kind = FrameKind.TakeOver, Range = 2 }, 0));
        Assert.False(Fits(new FrameHeader { Kind = FrameKind.Decision }, 3));
    }

    [Fact]
    public void A_node_that_has_not_begun_takes_any_version() => Assert.False(
        FrameAdmission.IsSuperseded(new FrameHeader { Kind = FrameKind.Publish, Range = 1, Step = 900 }, active: null, activeSince: 0));

    [Fact]
    public void What_does_not_fit_is_counted_and_gets_no_memory()
    {
        using var counters = new TransportCounters();
        using var store = new ParameterStore(_job.Network.Layout.Length, versions: 2);
        var frames = new JobFrames(_job, store, counters, ActorRefs.Nobody);
        Assert.False(frames.Accepts(new FrameHeader { Kind = FrameKind.State, Range = 1, Step = 7 }, 100_000_000));
        Assert.Equal(1, counters.Dropped(DropReason.UnknownRange));
        Assert.True(frames.Accepts(new FrameHeader { Kind = FrameKind.State, Range = 1, Step = 7 }, _job.Ranges[1].Length));
        Assert.Equal(1, counters.FramesDropped);
    }

    private bool Fits(FrameHeader header, int floats) => FrameAdmission.Fits(_job, header, floats);

    private bool IsSuperseded(FrameHeader header) => FrameAdmission.IsSuperseded(header, _active, activeSince: 6);
}
