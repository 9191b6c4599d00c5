using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Actors;

/// <summary>
/// The gradient sums of a worker's slots in one step: what each slot's segments are, where its sum is put, and the pushing of its pieces
/// while earlier layers are still being computed. Reused from step to step.
/// </summary>
internal sealed unsafe class GradientStream(OpenedJob job, BufferPool pool, PseudoLabeller? labeller = null) : IGradientObserver
{
    private readonly List<Slot> _slots = [];
    private SlotWork[] _works = [];
    private TensorBuffer[] _buffers = [];
    private StepSums[] _sums = GC.AllocateArray<StepSums>(1, pinned: true);
    private int[] _lengths = [];
    private int[] _lastLengths = [];
    private (int First, int End) _shards = (-1, -1);
    private ReadOnlyMemory<Numerics.Segment>[] _segments = [];
    private PushRoute? _route;
    private long _step;
    private int _badShard;
    private int _nextPiece;

    /// <summary>In bfloat16 each shard's gradient is computed by itself, to be rounded before it is added; else null.</summary>
    private RoundedSums? _shardSums;

    /// <summary>Rows of all shards in this step.</summary>
    public int Rows { get; private set; }

    /// <summary>Shards that have rows in this step.</summary>
    public int Shards { get; private set; }

    /// <summary>Says what the coming pass computes. Segments are made anew only where slices have changed: at an epoch's last batch.</summary>
    public void Begin(ComputeStep work)
    {
        (_step, _route, _badShard) = (work.Step, work.Route, -1);
        _nextPiece = job.Pieces.Length - 1;
        if (_lengths.Length != work.End - work.First)
            (_lengths, _lastLengths) = (new int[work.End - work.First], new int[work.End - work.First]);
        (Rows, Shards) = (0, 0);
        for (var index = 0; index < _lengths.Length; index++)
        {
            var length = job.Plan.Batches.SliceLength(work.Step, work.First + index);
            _lengths[index] = length;
            Rows += length;
            Shards += length > 0 ? 1 : 0;
        }

        if (_shards != (work.First, work.End) || !_lengths.AsSpan().SequenceEqual(_lastLengths))
            FindSegments(work.First, work.End);
    }

    public void Run(NetworkPass pass, float* parameters)
    {
        for (var index = 0; index < _works.Length; index++)
        {
            _buffers[index] = pool.Rent(job.Network.Layout.Length);
            var sums = (StepSums*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_sums, index);
            var (first, end) = ShardsOf(index);
            labeller?.Write(_buffers[index].Pointer, first, end);
            _works[index] = new SlotWork(_segments[index], _buffers[index].Pointer, sums);
        }

        pass.Gradient(parameters, _works, this);
    }

    /// <summary>What was computed and not pushed: everything where there was no route, else nothing.</summary>
    public IReadOnlyList<PartialSum> Finish()
    {
        var partials = _route is null ? new PartialSum[_slots.Count] : [];
        if (_route is null)
        {
            _shardSums?.Fold(_buffers, _sums, 0, job.Network.Layout.Length);
            for (var index = 0; index < partials.Length; index++)
                partials[index] = new PartialSum(_slots[index], BufferOf(index).Retain(), Head(index));
        }

        foreach (var buffer in _buffers)
            buffer.Release();
        return partials;
    }

    public void LossKnown(ReadOnlySpan<float> losses)
    {
        for (var row = 0; row < losses.Length; row++)
        {
            if (float.IsFinite(losses[row]))
                continue;
            _badShard = _shards.First;
            for (var end = _lengths[0]; end <= row; end += _lengths[_badShard - _shards.First])
                _badShard++;
            return;
        }
    }

    public void FinalFrom(int element)
    {
        if (_route is null)
            return;
        for (; _nextPiece >= 0 && job.Pieces[_nextPiece].Begin >= element; _nextPiece--)
        {
            _shardSums?.Fold(_buffers, _sums, job.Pieces[_nextPiece].Begin, job.Pieces[_nextPiece].Length);
            for (var index = 0; index < _slots.Count; index++)
                _route.Push(_step, _slots[index], Head(index), BufferOf(index), _nextPiece);
        }
    }

    /// <summary>The shards that a work computes: a slot's, or in bfloat16 one.</summary>
    private (int First, int End) ShardsOf(int work) =>
        _shardSums is { } sums ? (sums.Parts[work], sums.Parts[work] + 1) : (_slots[work].First, _slots[work].End);

    private TensorBuffer BufferOf(int index) => _buffers[_shardSums?.PartOf(index) ?? index];

    private PartialHead Head(int index) => new(_shardSums?.SumsOf(index) ?? _sums[index], _slots[index].First <= _badShard && _badShard < _slots[index].End ? _badShard : -1);

    private void FindSegments(int first, int end)
    {
        _shards = (first, end);
        _lengths.CopyTo(_lastLengths, 0);
        _slots.Clear();
        var segments = new List<ReadOnlyMemory<Numerics.Segment>>();
        foreach (var slot in job.Tree.Cover(first, end))
        {
            var found = job.Tree.Segments(slot, shard => _lengths[shard - first]);
            if (found.Count == 0)
                continue;
            _slots.Add(slot);
            if (!job.IsHalf)
                segments.Add(found.ToArray());
        }

        if (job.IsHalf)
        {
            _shardSums = new RoundedSums(job.Network.Layout, _slots, shard => _lengths[shard - first] > 0);
            segments.AddRange(_shardSums.Parts.Select(shard => new ReadOnlyMemory<Numerics.Segment>([new Numerics.Segment(_lengths[shard - first], 0)])));
        }

        _segments = [.. segments];
        _works = new SlotWork[_segments.Length];
        _buffers = new TensorBuffer[_segments.Length];
        _sums = GC.AllocateArray<StepSums>(Math.Max(1, _segments.Length), pinned: true);
    }
}
