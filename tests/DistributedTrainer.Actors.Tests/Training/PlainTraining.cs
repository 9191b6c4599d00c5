using System.Security.Cryptography;
using DistributedTrainer.Coordination;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Actors.Tests;

/// <summary>
/// Training as a plain loop, without actors, servers or assignments: each shard's gradient alone, shards added along the tree by
/// recursion, one optimizer over the whole vector. What every cluster's weights must equal bit for bit.
/// </summary>
internal sealed unsafe class PlainTraining : IDisposable
{
    private readonly Job _job;
    private readonly DataSet _data;
    private readonly TrainingReader _reader;
    private readonly Network _network;
    private readonly RunPlan _plan;
    private readonly NetworkPass _pass;
    private readonly RangeOptimizer _optimizer;
    private readonly FloatBuffer _parameters;

    /// <summary>The parameters as passes read them.</summary>
    private readonly FloatBuffer _read;
    private readonly int[] _rows;

    /// <summary>By unlabelled row: the class that the model has given it, −1 for none.</summary>
    private readonly int[] _labels;
    private PlateauState _plateau = PlateauState.Start;
    private StepSums _epoch;

    private PlainTraining(Job job)
    {
        _job = job;
        _data = DataSet.Load(job.Data, OpenedJob.TargetOf(job.Loss), job.Seed);
        _reader = _data.CreateTrainingReader();
        _network = Network.Compile(job.Model, job.Loss, _data.InputShape, _data.TargetLength, _data.Classes.Count, job.Precision);
        _plan = new RunPlan(job, job.EpochRows(_data));
        _labels = new int[job.PseudoLabels is null ? 0 : _data.Unlabelled!.Count];
        Array.Fill(_labels, -1);
        _rows = new int[_plan.Batches.SliceLengthMax];
        _pass = _network.CreatePass(_rows.Length, job.Seed);
        _optimizer = new RangeOptimizer(job.Update, _network.Layout, 0, _network.Layout.Length);
        _parameters = new FloatBuffer(_network.Layout.Length);
        InitialWeights.Write(job, _network, _parameters.Span);
        _read = new FloatBuffer(_network.Layout.Length);
        Round(_parameters, _read);
    }

    /// <summary>SHA-256 of the parameters, or of their average, after a number of steps. Plateaus are those of the train loss.</summary>
    public static string Hash(Job job, long steps)
    {
        using var training = new PlainTraining(job);
        for (var step = 0L; step < steps; step++)
            training.Step(step);
        return Convert.ToHexStringLower(SHA256.HashData((training._optimizer.Average ?? training._parameters).Bytes));
    }

    public void Dispose()
    {
        _pass.Dispose();
        _optimizer.Dispose();
        _parameters.Dispose();
        _read.Dispose();
        _data.Dispose();
    }

    private void Step(long step)
    {
        var labels = FindLabels(step);
        var (gradient, sums) = Sum(step, new Slot(0, _plan.Shards)) ?? throw new InvalidOperationException($"step {step} has no rows");
        var length = _network.Layout.Length;
        var terms = new StepTerms(step, _plan.Rates.At(step, _plateau.Reductions), Factor(gradient, sums));
        using (gradient)
            _optimizer.Update(0, length, _parameters.Pointer, _parameters.Pointer, gradient.Pointer, null, sums, 0, terms);
        Round(_parameters, _read);
        labels.CopyTo(_labels, 0);
        _epoch = step % _plan.StepsPerEpoch == 0 ? sums : _epoch + sums;
        if (_job.Schedule is ReduceOnPlateau rules && _plan.IsBoundary(step + 1))
            _plateau = _plateau.After(rules, _epoch.Loss / _epoch.Denominator, largerIsBetter: false);
    }

    /// <summary>The labels that hold after a step: found anew by version t in the first step of a round.</summary>
    private int[] FindLabels(long step)
    {
        if (_job.PseudoLabels is not { } spec)
            return [];
        var round = step / ((double)spec.Every * _plan.StepsPerEpoch);
        return round >= 1 && round == (long)round && round <= spec.Rounds
            ? [.. Enumerable.Range(0, _labels.Length).Select(row => Classify(row, spec.Confidence))]
            : [.. _labels];
    }

    private int Classify(int row, double confidence)
    {
        _data.Unlabelled!.Read([row], _pass.Inputs, null);
        var logits = new ReadOnlySpan<float>(_pass.Predict(_read.Pointer, 1), _network.OutputLength).ToArray();
        var largest = Array.IndexOf(logits, logits.Max());
        var probability = Math.Exp(logits[largest]) / logits.Sum(logit => Math.Exp(logit));
        return probability >= confidence ? largest : -1;
    }

    private float Factor(FloatBuffer gradient, StepSums sums)
    {
        if (_job.Clip is not ClipNorm clip)
            return 1;
        var squares = new double[_network.Layout.TrainedBlocks(0, _network.Layout.Length)];
        _optimizer.SquareSums(0, _network.Layout.Length, _parameters.Pointer, gradient.Pointer, sums.Denominator, squares);
        return GradientNorm.Factor(clip.Limit, squares);
    }

    private (FloatBuffer Gradient, StepSums Sums)? Sum(long step, Slot slot)
    {
        if (slot.IsLeaf)
            return Leaf(step, slot.First);
        var (left, right) = ReductionTree.Children(slot);
        if (Sum(step, left) is not { } first)
            return Sum(step, right);
        if (Sum(step, right) is not { } second)
            return first;
        _network.Layout.AddGradients(
            0, first.Gradient.Length, first.Gradient.Pointer, first.Sums.Samples, second.Gradient.Pointer, second.Sums.Samples);
        second.Gradient.Dispose();
        Round(first.Gradient, first.Gradient);
        return (first.Gradient, first.Sums + second.Sums);
    }

    private (FloatBuffer Gradient, StepSums Sums)? Leaf(long step, int shard)
    {
        var length = _plan.Batches.Slice(step, shard, _rows);
        (FloatBuffer Gradient, StepSums Sums)? sum = null;
        for (var part = 0; part < _job.MicroBatches; part++)
        {
            var (from, to) = (part * length / _job.MicroBatches, (part + 1) * length / _job.MicroBatches);
            if (from == to)
                continue;
            var (gradient, sums) = Part(step, _rows.AsSpan(from, to - from));
            if (sum is not { } before)
            {
                sum = (gradient, sums);
                continue;
            }

            using (gradient)
                _network.Layout.AddGradients(0, gradient.Length, before.Gradient.Pointer, before.Sums.Samples, gradient.Pointer, sums.Samples);
            sum = (before.Gradient, before.Sums + sums);
        }

        if (sum is { } whole)
            Round(whole.Gradient, whole.Gradient);
        return sum;
    }

    /// <summary>A labelled row stands in for an unlabelled one that the model is not sure of.</summary>
    private void Read(long step, int row, int place)
    {
        float* input = _pass.Inputs + (place * _network.InputLength), target = _pass.Targets + (place * _network.TargetLength);
        var labelled = _data.Train.Count;
        _pass.RowIds[place] = (uint)(row < labelled ? _data.Train.RowId(row) : _data.Unlabelled!.RowId(row - labelled));
        if (row < labelled || _labels[row - labelled] < 0)
        {
            _reader.Read([row < labelled ? row : (row - labelled) % labelled], _plan.Batches.Epoch(step), input, target);
            return;
        }

        _data.CreateUnlabelledReader().Read([row - labelled], _plan.Batches.Epoch(step), input, null);
        *target = _labels[row - labelled];
    }

    private (FloatBuffer Gradient, StepSums Sums) Part(long step, ReadOnlySpan<int> indexes)
    {
        var rows = indexes.Length;
        for (var place = 0; place < rows; place++)
            Read(step, indexes[place], place);
        _pass.Step = step;
        var gradient = new FloatBuffer(_network.Layout.Length);
        StepSums sums;
        _pass.Gradient(_read.Pointer, [new SlotWork(new[] { new Segment(rows, 0) }, gradient.Pointer, &sums)]);
        return (gradient, sums);
    }

    private void Round(FloatBuffer from, FloatBuffer to)
    {
        for (var i = 0; i < from.Length; i++)
            to.Span[i] = _job.Precision == Precision.Bfloat16 ? Bfloat16.Round(from.Span[i]) : from.Span[i];
    }
}
