using System.Security.Cryptography;
using DistributedTrainer.Actors;
using DistributedTrainer.Coordination;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Simulation.Tests;

/// <summary>
/// The whole run as a plain loop, without actors, servers or assignments: every version's parameters, what was summed up to it, and what was
/// decided. Each state that any node of any story has must be one of these.
/// </summary>
internal sealed unsafe class Trajectory
{
    private readonly OpenedJob _job;
    private readonly NetworkPass _pass;
    private readonly int[] _rows;
    private readonly List<float[]> _versions = [];
    private readonly List<float[]> _averages = [];
    private readonly List<StepSums> _epochSums = [default];
    private readonly List<long> _samples = [0];

    public Trajectory(OpenedJob job)
    {
        _job = job;
        _rows = new int[job.Plan.Batches.SliceLengthMax];
        _pass = job.Network.CreatePass(Math.Max(_rows.Length, job.Network.RowsAtOnce));
        Train();
        _pass.Dispose();
    }

    /// <summary>The last version.</summary>
    public long Steps => _versions.Count - 1;

    /// <summary>The version whose parameters are saved.</summary>
    public long Saved { get; private set; }

    public string WeightsSha256 => Convert.ToHexStringLower(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(Shown(Saved))));

    /// <summary>Samples of all epochs.</summary>
    public long Samples => _samples[^1];

    /// <summary>Each epoch's mean loss, in order.</summary>
    public List<double> TrainLosses { get; } = [];

    public ReadOnlySpan<float> At(long version) => version >= 0 && version < _versions.Count ? _versions[(int)version] : [];

    /// <summary>What of a version is evaluated and saved: the moving average, where the job has one.</summary>
    public ReadOnlySpan<float> Shown(long version) => _averages.Count == 0 ? At(version) : version >= 1 && version <= _averages.Count ? _averages[(int)version - 1] : [];

    /// <summary>The epoch's sums up to and with a version.</summary>
    public StepSums EpochSums(long version) => _epochSums[(int)version];

    public long SamplesUpTo(long version) => _samples[(int)version];

    public int BatchLength(long step) => _job.Plan.Batches.BatchLength(step);

    /// <summary>Rows of the slot's shards at a step.</summary>
    public int SlotLength(long step, Slot slot) => Enumerable.Range(slot.First, slot.Shards).Sum(shard => _job.Plan.Batches.SliceLength(step, shard));

    private void Train()
    {
        var length = _job.Network.Layout.Length;
        using var parameters = new FloatBuffer(length);
        using var optimizer = new RangeOptimizer(_job.Job.Update, _job.Network.Layout, 0, length);
        _job.Network.Initialize(parameters.Span, _job.Job.Seed);
        _versions.Add(parameters.Span.ToArray());
        var state = ConvergenceState.Start;
        for (var step = 0L; ; step++)
        {
            var (gradient, sums) = Sum(parameters, step, new Slot(0, _job.Plan.Shards))!.Value;
            var terms = new StepTerms(step, _job.Plan.Rates.At(step, state.Plateau.Reductions), ClipFactor(optimizer, parameters, gradient, sums));
            optimizer.Update(0, length, parameters.Pointer, parameters.Pointer, gradient.Pointer, null, sums, 0, terms);
            gradient.Dispose();
            _versions.Add(parameters.Span.ToArray());
            if (optimizer.Average is { } average)
                _averages.Add(average.Span.ToArray());
            _epochSums.Add(_job.Plan.IsBoundary(step) ? sums : _epochSums[^1] + sums);
            _samples.Add(_samples[^1] + sums.Samples);
            if (!_job.Plan.IsBoundary(step + 1))
                continue;
            (state, var decision) = Convergence.Decide(
                _job.Job.Stop, state, Result(optimizer.Average ?? parameters, step + 1), _job.Job.Schedule as ReduceOnPlateau);
            Saved = _job.Job.Stop.Patience is null ? step + 1 : state.BestVersion;
            if (decision.Stop)
                return;
        }
    }

    private float ClipFactor(RangeOptimizer optimizer, FloatBuffer parameters, FloatBuffer gradient, StepSums sums)
    {
        if (_job.Job.Clip is not ClipNorm clip)
            return 1;
        var squares = new double[(_job.Network.Layout.TrainedLength + ParameterLayout.BlockLength - 1) / ParameterLayout.BlockLength];
        optimizer.SquareSums(0, parameters.Length, parameters.Pointer, gradient.Pointer, sums.Denominator, squares);
        return GradientNorm.Factor(clip.Limit, squares);
    }

    private EpochResult Result(FloatBuffer shown, long version)
    {
        var sums = _epochSums[^1];
        TrainLosses.Add(sums.Loss / sums.Denominator);
        var score = _job.Data.Validation is { } part ? Scorer.Whole(_job, part, shown.Pointer) : null;
        return new EpochResult(_job.Plan.EpochOf(version), version, TrainLosses[^1], score, version == _job.Plan.TotalSteps);
    }

    private (FloatBuffer Gradient, StepSums Sums)? Sum(FloatBuffer parameters, long step, Slot slot)
    {
        if (slot.IsLeaf)
            return Leaf(parameters, step, slot.First);
        var (left, right) = ReductionTree.Children(slot);
        if (Sum(parameters, step, left) is not { } first)
            return Sum(parameters, step, right);
        if (Sum(parameters, step, right) is not { } second)
            return first;
        for (var index = 0; index < first.Gradient.Length; index++)
            first.Gradient.Span[index] += second.Gradient.Span[index];
        second.Gradient.Dispose();
        return (first.Gradient, first.Sums + second.Sums);
    }

    private (FloatBuffer Gradient, StepSums Sums)? Leaf(FloatBuffer parameters, long step, int shard)
    {
        var rows = _job.Plan.Batches.Slice(step, shard, _rows);
        if (rows == 0)
            return null;
        _job.Data.Train.Read(_rows.AsSpan(0, rows), _pass.Inputs, _pass.Targets);
        var gradient = new FloatBuffer(parameters.Length);
        StepSums sums;
        _pass.Gradient(parameters.Pointer, [new SlotWork(new[] { new Segment(rows, 0) }, gradient.Pointer, &sums)]);
        return (gradient, sums);
    }
}
