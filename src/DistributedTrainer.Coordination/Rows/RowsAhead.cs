using DistributedTrainer.Data;

namespace DistributedTrainer.Coordination;

/// <summary>
/// Which rows a node's shards will need, step by step: a pure function of the seed, so they can be fetched before. Goes ahead of the step
/// that is being computed as far as its budget of rows reaches.
/// </summary>
/// <param name="plan">The job's.</param>
/// <param name="train">Training rows.</param>
/// <param name="validation">Rows that are scored where an epoch ends; null for none.</param>
/// <param name="budget">Rows, of all steps that have not passed.</param>
public sealed class RowsAhead(RunPlan plan, Examples train, Examples? validation, int budget)
{
    /// <summary>Steps in which the node has no rows cost nothing of the budget.</summary>
    private const int MostSteps = 1000;

    private readonly Queue<(long Step, int Rows)> _ahead = new();
    private readonly int[] _slice = new int[plan.Batches.SliceLengthMax];
    private int _first;
    private int _end;
    private long _step;
    private int _rows;

    /// <summary>The first step that has not been looked at.</summary>
    public long Next { get; private set; }

    /// <summary>The node computes shards First to End − 1 of a step now.</summary>
    public void MoveTo(long step, int first, int end)
    {
        if ((first, end) != (_first, _end) || step < _step)
        {
            (_first, _end, _rows, Next) = (first, end, 0, step);
            _ahead.Clear();
        }

        _step = step;
        Next = Math.Max(Next, step);
        while (_ahead.TryPeek(out var passed) && passed.Step < step)
            _rows -= _ahead.Dequeue().Rows;
    }

    /// <summary>Takes the rows of the next step.</summary>
    /// <param name="rows">Receives their numbers in the node's cache.</param>
    /// <returns>The step; null where the budget is used up, or the run ends.</returns>
    public long? TakeNext(List<int> rows)
    {
        rows.Clear();
        if (_first == _end || _rows >= budget || Next > plan.TotalSteps || Next - _step >= MostSteps)
            return null;
        if (Next < plan.TotalSteps)
            AddTraining(rows);
        if (plan.IsBoundary(Next) && validation is not null)
            AddValidation(validation, rows);
        _rows += rows.Count;
        _ahead.Enqueue((Next, rows.Count));
        return Next++;
    }

    private void AddTraining(List<int> rows)
    {
        for (var shard = _first; shard < _end; shard++)
        {
            var length = plan.Batches.Slice(Next, shard, _slice);
            foreach (var row in _slice.AsSpan(0, length))
                train.AddFetched(row, rows);
        }
    }

    /// <summary>As scorers cut it. What does not fit into the budget is fetched when it is read.</summary>
    private void AddValidation(Examples part, List<int> rows)
    {
        var end = RowSlices.Start(part.Count, plan.Shards, _end);
        for (var row = RowSlices.Start(part.Count, plan.Shards, _first); row < end && _rows + rows.Count < budget; row++)
            part.AddFetched(row, rows);
    }
}
