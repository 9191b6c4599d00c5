using Akka.Actor;
using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>
/// Computes gradient sums and scores for the shards it is given, all their rows in one pass, on the compute dispatcher. It holds no
/// state between messages but its working memory.
/// </summary>
internal sealed unsafe class WorkerActor : ReceiveActor
{
    private readonly OpenedJob _job;
    private readonly ParameterStore _store;
    private readonly BufferPool _pool;
    private NetworkPass? _pass;
    private int[] _rows = [];

    public WorkerActor(OpenedJob job, ParameterStore store, BufferPool pool)
    {
        (_job, _store, _pool) = (job, store, pool);
        Receive<ComputeStep>(work => Sender.Tell(Compute(work)));
        Receive<MergePartials>(work => Sender.Tell(new PartialsMerged(work.Step, Merge(work.Partials))));
        Receive<ComputeEvaluation>(work => Sender.Tell(Evaluate(work)));
    }

    protected override void PostStop() => _pass?.Dispose();

    private StepComputed Compute(ComputeStep work)
    {
        var batches = _job.Plan.Batches;
        var shards = 0;
        var rows = 0;
        for (var shard = work.First; shard < work.End; shard++)
        {
            var length = batches.SliceLength(work.Step, shard);
            shards += length > 0 ? 1 : 0;
            rows += length;
        }

        if (rows == 0)
            return new StepComputed(work.Step, 0, []);
        var pass = Read(work.Step, work.First, work.End, rows);
        var slots = _job.Tree.Cover(work.First, work.End);
        var sums = stackalloc StepSums[slots.Count];
        var works = new List<SlotWork>(slots.Count);
        var partials = new List<(Slot Slot, TensorBuffer Buffer)>(slots.Count);
        foreach (var slot in slots)
        {
            var segments = _job.Tree.Segments(slot, shard => batches.SliceLength(work.Step, shard));
            if (segments.Count == 0)
                continue;
            var buffer = _pool.Rent(_store.Length);
            works.Add(new SlotWork(segments.ToArray(), buffer.Pointer, sums + works.Count));
            partials.Add((slot, buffer));
        }

        pass.Gradient(_store.Version(work.Step), works.ToArray());
        var results = new PartialSum[partials.Count];
        for (var index = 0; index < results.Length; index++)
        {
            var (slot, buffer) = partials[index];
            results[index] = new PartialSum(slot, buffer, sums[index], double.IsFinite(sums[index].Loss) ? -1 : FindBadShard(work.Step, slot));
        }

        return new StepComputed(work.Step, shards, results);
    }

    /// <summary>Only after a loss that is not finite: which shard's it is.</summary>
    private int FindBadShard(long step, Slot slot)
    {
        var scratch = _pool.Rent(_store.Length);
        var bad = slot.First;
        for (var shard = slot.End - 1; shard >= slot.First; shard--)
        {
            var rows = _job.Plan.Batches.SliceLength(step, shard);
            if (rows == 0)
                continue;
            StepSums sums;
            Read(step, shard, shard + 1, rows).Gradient(
                _store.Version(step), [new SlotWork(new[] { new Numerics.Segment(rows, 0) }, scratch.Pointer, &sums)]);
            if (!double.IsFinite(sums.Loss))
                bad = shard;
        }

        scratch.Release();
        return bad;
    }

    private NetworkPass Read(long step, int first, int end, int rows)
    {
        var pass = PassFor(rows);
        var at = 0;
        for (var shard = first; shard < end; shard++)
            at += _job.Plan.Batches.Slice(step, shard, _rows.AsSpan(at));
        _job.Data.Train.Read(_rows.AsSpan(0, at), pass.Inputs, pass.Targets);
        return pass;
    }

    private PartialSum[] Merge(IReadOnlyList<PartialSum> partials)
    {
        var merged = partials.ToDictionary(partial => partial.Slot);
        foreach (var partial in partials.OrderBy(partial => partial.Slot.First))
            Climb(partial);
        return [.. merged.Values];

        void Climb(PartialSum partial)
        {
            while (_job.Tree.Above(partial.Slot) is var (parent, sibling) && merged.TryGetValue(sibling, out var other))
            {
                var (left, right) = sibling.First < partial.Slot.First ? (other, partial) : (partial, other);
                GradientSum.Add(left.Buffer.Pointer, right.Buffer.Pointer, _store.Length);
                right.Buffer.Release();
                merged.Remove(left.Slot);
                merged.Remove(right.Slot);
                partial = new PartialSum(parent, left.Buffer, left.Sums + right.Sums, Worst(left.BadShard, right.BadShard));
                merged[parent] = partial;
            }
        }
    }

    private static int Worst(int left, int right) => left < 0 ? right : right < 0 ? left : Math.Min(left, right);

    private EvaluationComputed Evaluate(ComputeEvaluation work)
    {
        var slots = new List<EvaluationSums>();
        for (var shard = work.First; shard < work.End && _job.Data.Validation is not null; shard++)
        {
            if (Scorer.Shard(_job, _job.Data.Validation, shard, _store.Version(work.Version), PassFor(Scorer.ChunkRows)) is { } sums)
                slots.Add(new EvaluationSums(new Slot(shard, shard + 1), sums));
        }

        var penalty = work.First == 0 && !_job.Job.Penalty.IsNone
            ? Penalty.Value(_job.Job.Penalty, _job.Network.Layout, _store.Version(work.Version))
            : double.NaN;
        return new EvaluationComputed(work.Version, slots, penalty);
    }

    private NetworkPass PassFor(int rows)
    {
        if (_pass is null || _pass.MaxRows < rows)
        {
            _pass?.Dispose();
            _pass = _job.Network.CreatePass(rows);
            _rows = new int[rows];
        }

        return _pass;
    }
}
