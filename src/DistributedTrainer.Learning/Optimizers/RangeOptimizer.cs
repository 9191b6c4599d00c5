using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// The optimizer's state for one contiguous range of the parameter vector, and the update of that range: mean gradient, penalty, clipping,
/// optimizer, moving average. The bits do not depend on how the vector is cut into ranges.
/// </summary>
public sealed unsafe class RangeOptimizer : IDisposable
{
    private readonly UpdateRule _rule;
    private readonly FloatBuffer[] _state;
    private readonly List<UpdateRun> _runs;
    private readonly int _length;
    private readonly ParameterLayout _layout;
    private readonly int _begin;
    private readonly double _rate;
    private readonly float _averageRate;
    private readonly Clipping _clipping;
    private readonly float _limit;

    /// <inheritdoc cref="RangeOptimizer(UpdateSpec, ParameterLayout, int, int)"/>
    public RangeOptimizer(OptimizerSpec optimizer, PenaltySpec penalty, ParameterLayout layout, int begin, int length)
        : this(new UpdateSpec(optimizer) { Penalty = penalty }, layout, begin, length)
    {
    }

    /// <param name="spec">Update rule, penalty, clipping, average and frozen layers.</param>
    /// <param name="layout">The whole vector's layout: says which elements are weights.</param>
    /// <param name="begin">First element of the range.</param>
    /// <param name="length">Number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the layout.</exception>
    public RangeOptimizer(UpdateSpec spec, ParameterLayout layout, int begin, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(begin);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)begin + length, layout.Length, nameof(length));
        (_layout, _begin, _length) = (layout, begin, length);
        (_clipping, _limit) = spec.Clip switch
        {
            ClipNorm norm => (Clipping.ByFactor, (float)norm.Limit),
            ClipValue value => (Clipping.ByValue, (float)value.Limit),
            _ => (Clipping.None, 0f),
        };
        _rule = UpdateRule.For(spec.Optimizer);
        _rate = spec.Optimizer.LearningRate;
        _state = [.. Enumerable.Range(0, _rule.Moments + (spec.AverageDecay is null ? 0 : 1)).Select(_ => new FloatBuffer(length))];
        if (spec.AverageDecay is { } decay)
            (Average, _averageRate) = (_state[^1], (float)(1 - decay));
        _runs = UpdateRun.Of(spec, layout, begin, Math.Min(length, layout.TrainedLength - begin));
    }

    /// <summary>The state's arrays, each of the range's length (Adam: m, v; then the average). For hand-over and checkpoints.</summary>
    public IReadOnlyList<FloatBuffer> State => _state;

    /// <summary>The moving average of the range's weights from version 1 on, the last of <see cref="State"/>; null where the job has none.</summary>
    public FloatBuffer? Average { get; }

    /// <summary>
    /// Turns version t into version t + 1 at the optimizer's own rate. Pointers are to the range's first element. The gradient is the
    /// root's sum; it is multiplied once by the float32 reciprocal of <paramref name="denominator"/>. <paramref name="current"/> stays as
    /// it is.
    /// </summary>
    /// <param name="step">t, counted from 0: Adam's exponent is t + 1.</param>
    public void Update(float* current, float* next, float* gradientSum, double denominator, long step) =>
        Update(current, next, gradientSum, new StepSums(0, denominator, 0), step);

    /// <inheritdoc cref="Update(float*, float*, float*, double, long)"/>
    public void Update(float* current, float* next, float* gradientSum, in StepSums sums, long step) =>
        Update(0, _length, current, next, gradientSum, null, sums, 0, new StepTerms(step, _rate));

    /// <summary>
    /// The same for a part of the range, with the reduction tree's last addition done on the way: sum, mean, penalty and rule take one
    /// block of <see cref="ParameterLayout.BlockLength"/> elements after the other, which stays in the first-level cache between them.
    /// </summary>
    /// <param name="begin">The part's first element, counted in the range.</param>
    /// <param name="length">The part's elements.</param>
    /// <param name="current">The part at version t.</param>
    /// <param name="next">Receives the part at version t + 1.</param>
    /// <param name="gradientSum">The root's sum, or its left half: then it is overwritten.</param>
    /// <param name="addend">The root's right half; null where the sum is complete.</param>
    /// <param name="sums">The loss's denominator and the rows, of both halves.</param>
    /// <param name="addendRows">Rows of the right half.</param>
    /// <param name="terms">The step, its rate and its clipping.</param>
    public void Update(
        int begin, int length, float* current, float* next, float* gradientSum, float* addend, in StepSums sums, long addendRows, in StepTerms terms)
    {
        var scale = (float)(1 / sums.Denominator);
        if (_begin + begin + length > _layout.TrainedLength)
        {
            UpdateUntrained(begin, current, next, gradientSum, addend, sums.Samples, addendRows, terms.Step);
            var trained = Math.Max(0, _layout.TrainedLength - _begin - begin);
            if (Average is not null)
                new ReadOnlySpan<float>(next + trained, length - trained).CopyTo(Average.Span[(begin + trained)..]);
            length = trained;
        }

        for (var done = 0; done < length; done += ParameterLayout.BlockLength)
        {
            var block = Math.Min(ParameterLayout.BlockLength, length - done);
            if (addend is not null)
                GradientSum.Add(gradientSum + done, addend + done, block);
            if (Average is not null && terms.Step == 0)
                new ReadOnlySpan<float>(current + done, block).CopyTo(Average.Span[(begin + done)..]);
            UpdateBlock(begin + done, block, current + done, next + done, gradientSum + done, scale, terms);
            if (Average is not null)
                WeightAverage.Follow(Average.Pointer + begin + done, next + done, block, _averageRate);
        }

        // The state's memory is freed with its last reference, and the kernels hold addresses only.
        GC.KeepAlive(this);
    }

    /// <summary>
    /// The sums of squares, a block each, of what the update of a part will take as its gradient, before clipping: the root's sum must be
    /// complete. Frozen layers count nothing.
    /// </summary>
    /// <param name="begin">The part's first element, counted in the range: a block's border.</param>
    /// <param name="length">The part's elements.</param>
    /// <param name="current">The part at version t.</param>
    /// <param name="gradientSum">The root's sum.</param>
    /// <param name="denominator">The loss's.</param>
    /// <param name="sums">Receives a double for each block with trained elements.</param>
    public void SquareSums(int begin, int length, float* current, float* gradientSum, double denominator, Span<double> sums)
    {
        var gradient = stackalloc float[ParameterLayout.BlockLength];
        var scale = (float)(1 / denominator);
        length = Math.Min(length, Math.Max(0, _layout.TrainedLength - _begin - begin));
        for (var done = 0; done < length; done += ParameterLayout.BlockLength)
        {
            var block = Math.Min(ParameterLayout.BlockLength, length - done);
            foreach (var run in _runs)
            {
                var (from, to) = Cut(run, begin + done, block);
                if (from < to && !run.IsFrozen)
                    SpanOf(run, begin + done, from, to, current + done, gradient, gradientSum + done, scale).Run(default(GradientNorm.Rule));
                else if (from < to)
                    new Span<float>(gradient + from - begin - done, to - from).Clear();
            }

            sums[done / ParameterLayout.BlockLength] = GradientNorm.SquareSum(gradient, block);
        }
    }

    public void Dispose()
    {
        foreach (var buffer in _state)
            buffer.Dispose();
    }

    /// <summary>Running statistics and pseudo-labels, which lie behind the parameters: all of them in one part.</summary>
    private void UpdateUntrained(int begin, float* current, float* next, float* sum, float* addend, long rows, long addendRows, long step)
    {
        var first = _begin + begin;
        foreach (var running in _layout.Moments)
        {
            if (addend is not null)
                running.Merge(sum - first, rows - addendRows, addend - first, addendRows);
            running.Update(current - first, next - first, sum - first, rows);
        }

        if (_layout.PseudoLabels is not { } labels)
            return;
        if (addend is not null)
            labels.Add(sum - first, addend - first);
        labels.Update(current - first, next - first, sum - first, step);
    }

    /// <summary>Updates the elements from begin on, counted in the range; the pointers are to the first of them.</summary>
    private void UpdateBlock(int begin, int length, float* current, float* next, float* gradientSum, float scale, in StepTerms terms)
    {
        foreach (var run in _runs)
        {
            var (from, to) = Cut(run, begin, length);
            if (from >= to)
                continue;
            if (run.IsFrozen)
            {
                new ReadOnlySpan<float>(current + from - begin, to - from).CopyTo(new Span<float>(next + from - begin, to - from));
                continue;
            }

            var span = SpanOf(run, begin, from, to, current, next, gradientSum, scale);
            (span.Clipping, span.Clip) = (_clipping, _clipping == Clipping.ByFactor ? terms.ClipFactor : _limit);
            _rule.Apply(span, terms);
        }
    }

    /// <summary>The part of a run that lies in a block, counted in the range.</summary>
    private static (int From, int To) Cut(in UpdateRun run, int begin, int length) =>
        (Math.Max(begin, run.Begin), Math.Min(begin + length, run.Begin + run.Length));

    private UpdateSpan SpanOf(in UpdateRun run, int begin, int from, int to, float* current, float* next, float* gradientSum, float scale) => new()
    {
        Current = current + from - begin,
        Next = next + from - begin,
        GradientSum = gradientSum + from - begin,
        First = _rule.Moments > 0 ? _state[0].Pointer + from : null,
        Second = _rule.Moments > 1 ? _state[1].Pointer + from : null,
        Length = to - from,
        Scale = scale,
        Penalty = run.Penalty,
        Decays = run.Decays,
    };
}
