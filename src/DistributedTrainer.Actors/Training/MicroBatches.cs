using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors;

/// <summary>
/// The gradient sums of a worker's shards, each shard's slice computed in parts one after the other: part j of m has rows ⌊jL/m⌋ to
/// ⌊(j+1)L/m⌋ of a slice of L. A shard adds its parts in order, so that who computes it beside which others changes nothing; its sum then
/// goes up the tree like any other. Activations need the room of one part only.
/// </summary>
internal sealed unsafe class MicroBatches(OpenedJob job, BufferPool pool, PseudoLabeller? labeller = null) : IGradientObserver
{
    private readonly StepSums[] _sums = GC.AllocateArray<StepSums>(job.Plan.Shards, pinned: true);
    private readonly StepSums[] _part = GC.AllocateArray<StepSums>(job.Plan.Shards, pinned: true);
    private readonly TensorBuffer?[] _gradients = new TensorBuffer?[job.Plan.Shards];
    private readonly TensorBuffer?[] _parts = new TensorBuffer?[job.Plan.Shards];
    private readonly StepRows _reader = new(job);
    private readonly int[] _bad = new int[job.Plan.Shards];
    private readonly List<(int Shard, int Rows)> _inPart = [];
    private readonly List<SlotWork> _works = [];
    private readonly int[] _slice = new int[job.Plan.Batches.SliceLengthMax];
    private readonly int[] _rows = new int[job.Plan.Batches.SliceLengthMax * job.Plan.Shards];

    /// <summary>Computes shards First to End − 1 of a step.</summary>
    /// <param name="work">Which.</param>
    /// <param name="passFor">Room for a number of rows.</param>
    /// <param name="parameters">The step's version.</param>
    /// <returns>A sum for each shard that has rows.</returns>
    public IReadOnlyList<PartialSum> Compute(ComputeStep work, Func<int, NetworkPass> passFor, float* parameters)
    {
        _gradients.AsSpan().Clear();
        _bad.AsSpan().Fill(-1);
        for (var part = 0; part < job.Job.MicroBatches; part++)
        {
            var rows = Gather(work, part);
            if (rows == 0)
                continue;
            var pass = passFor(rows);
            _reader.Fill(pass, work.Step, _rows.AsSpan(0, rows), parameters);
            pass.Gradient(parameters, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_works), this);
            Add();
        }

        var partials = new List<PartialSum>();
        for (var shard = work.First; shard < work.End; shard++)
        {
            if (_gradients[shard] is not { } gradient)
                continue;
            if (job.IsHalf)
                Bfloat16.Round(gradient.Pointer, gradient.Pointer, job.Network.Layout.Length);
            partials.Add(new PartialSum(new Slot(shard, shard + 1), gradient, new PartialHead(_sums[shard], _bad[shard])));
        }

        return partials;
    }

    public void LossKnown(ReadOnlySpan<float> losses)
    {
        var row = 0;
        foreach (var (shard, rows) in _inPart)
        {
            foreach (var loss in losses.Slice(row, rows))
                _bad[shard] = float.IsFinite(loss) ? _bad[shard] : shard;
            row += rows;
        }
    }

    public void FinalFrom(int element)
    {
        // Nothing is final before the last part, and then all of it is.
    }

    /// <summary>Finds the rows of one part of every shard's slice, and where their gradients go.</summary>
    private int Gather(ComputeStep work, int part)
    {
        _inPart.Clear();
        _works.Clear();
        var at = 0;
        for (var shard = work.First; shard < work.End; shard++)
        {
            var length = job.Plan.Batches.Slice(work.Step, shard, _slice);
            var from = (int)((long)part * length / job.Job.MicroBatches);
            var rows = (int)((part + 1L) * length / job.Job.MicroBatches) - from;
            if (rows == 0)
                continue;
            _slice.AsSpan(from, rows).CopyTo(_rows.AsSpan(at));
            at += rows;
            _inPart.Add((shard, rows));
            var buffer = _parts[shard] = pool.Rent(job.Network.Layout.Length);
            // A shard's labels go up once: with its first part.
            labeller?.Write(buffer.Pointer, shard, _gradients[shard] is null ? shard + 1 : shard);
            var sums = (StepSums*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_part, shard);
            _works.Add(new SlotWork(new[] { new Segment(rows, 0) }, buffer.Pointer, sums));
        }

        return at;
    }

    /// <summary>A shard's first part begins its sum; the others are added to it.</summary>
    private void Add()
    {
        foreach (var (shard, rows) in _inPart)
        {
            var part = _parts[shard]!;
            if (_gradients[shard] is not { } gradient)
            {
                (_gradients[shard], _sums[shard]) = (part, _part[shard]);
                continue;
            }

            job.Network.Layout.AddGradients(0, job.Network.Layout.Length, gradient.Pointer, _sums[shard].Samples, part.Pointer, rows);
            _sums[shard] += _part[shard];
            part.Release();
        }
    }
}
