using DistributedTrainer.Data;

namespace DistributedTrainer.Coordination.Tests;

public class RowsAheadTests
{
    private static readonly Job Job = SmallJobs.Linear with { BatchSize = 10, Shards = 4, Epochs = 3 };
    private readonly RunPlan _plan = new(Job, trainRows: 95);
    private readonly List<int> _rows = [];

    [Theory, InlineData(0, 1), InlineData(1, 4), InlineData(0, 4)]
    public void The_rows_of_a_step_are_those_that_its_shards_read(int first, int end)
    {
        var ahead = new RowsAhead(_plan, new Numbered(95, 0), null, budget: 1000);
        ahead.MoveTo(7, first, end);
        for (var step = 7L; step < 30; step++)
        {
            Assert.Equal(step, ahead.TakeNext(_rows));
            Assert.Equal(Slices(step, first, end), _rows);
        }
    }

    [Fact]
    public void It_goes_ahead_as_far_as_its_budget_and_on_as_steps_pass()
    {
        var ahead = new RowsAhead(_plan, new Numbered(95, 0), null, budget: 25);
        ahead.MoveTo(0, 0, 4);
        Assert.Equal([0L, 1, 2], Steps(ahead));
        ahead.MoveTo(1, 0, 4);
        Assert.Equal([3L], Steps(ahead));
        ahead.MoveTo(1, 0, 4);
        Assert.Empty(Steps(ahead));
        ahead.MoveTo(20, 0, 4); // others have done this node's work meanwhile
        Assert.Equal([20L, 21, 22], Steps(ahead));
    }

    [Fact]
    public void Other_shards_begin_anew()
    {
        var ahead = new RowsAhead(_plan, new Numbered(95, 0), null, budget: 25);
        ahead.MoveTo(0, 0, 4);
        Steps(ahead);
        ahead.MoveTo(1, 0, 2);
        Assert.Equal(1, ahead.TakeNext(_rows));
        Assert.Equal(Slices(1, 0, 2), _rows);
    }

    [Fact]
    public void A_node_without_shards_needs_nothing()
    {
        var ahead = new RowsAhead(_plan, new Numbered(95, 0), new Numbered(20, 1000), budget: 25);
        ahead.MoveTo(0, 2, 2);
        Assert.Null(ahead.TakeNext(_rows));
    }

    [Fact]
    public void Where_an_epoch_ends_rows_to_score_are_needed_too_as_scorers_cut_them()
    {
        var ahead = new RowsAhead(_plan, new Numbered(95, 0), new Numbered(21, 1000), budget: 1000);
        ahead.MoveTo(10, 1, 3);
        ahead.TakeNext(_rows);
        Assert.Equal([.. Slices(10, 1, 3), .. Enumerable.Range(1005, 10)], _rows);
        ahead.MoveTo(30, 1, 3); // the last version: no step follows, but it is scored
        Assert.Equal(30, ahead.TakeNext(_rows));
        Assert.Equal(Enumerable.Range(1005, 10), _rows);
        Assert.Null(ahead.TakeNext(_rows));
    }

    private IReadOnlyList<long> Steps(RowsAhead ahead)
    {
        var steps = new List<long>();
        while (ahead.TakeNext(_rows) is { } step)
            steps.Add(step);
        return steps;
    }

    private IReadOnlyList<int> Slices(long step, int first, int end)
    {
        var rows = new List<int>();
        var slice = new int[_plan.Batches.SliceLengthMax];
        for (var shard = first; shard < end; shard++)
            rows.AddRange(slice[.._plan.Batches.Slice(step, shard, slice)]);
        return rows;
    }

    /// <summary>Rows whose numbers in the cache are their indexes from a first one on.</summary>
    private sealed unsafe class Numbered(int count, int first) : Examples
    {
        public override int Count => count;

        public override long RowId(int index) => index;

        public override void Read(ReadOnlySpan<int> rows, float* inputs, float* targets) => throw new NotSupportedException();

        public override void AddFetched(int index, ICollection<int> rows) => rows.Add(first + index);
    }
}
