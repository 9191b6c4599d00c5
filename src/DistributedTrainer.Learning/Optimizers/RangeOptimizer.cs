using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// The optimizer's state for one contiguous range of the parameter vector, and the update of that range: mean gradient, penalty,
/// optimizer. The bits do not depend on how the vector is cut into ranges.
/// </summary>
public sealed unsafe class RangeOptimizer : IDisposable
{
    private readonly UpdateRule _rule;
    private readonly FloatBuffer[] _state;
    private readonly List<(int Begin, int Length, PenaltySpec Penalty)> _spans;
    private readonly int _length;
    private readonly ParameterLayout _layout;
    private readonly int _begin;

    /// <param name="optimizer">The update rule.</param>
    /// <param name="penalty">L1 and L2, applied to weights.</param>
    /// <param name="layout">The whole vector's layout: says which elements are weights.</param>
    /// <param name="begin">First element of the range.</param>
    /// <param name="length">Number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the layout.</exception>
    public RangeOptimizer(OptimizerSpec optimizer, PenaltySpec penalty, ParameterLayout layout, int begin, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(begin);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)begin + length, layout.Length, nameof(length));
        (_layout, _begin, _length) = (layout, begin, length);
        _rule = UpdateRule.For(optimizer);
        _state = [.. Enumerable.Range(0, _rule.Moments).Select(_ => new FloatBuffer(length))];
        var trained = Math.Min(length, layout.TrainedLength - begin);
        _spans = penalty.IsNone ? [(0, trained, penalty)] : PenaltySpans(penalty, layout, begin, trained);
    }

    /// <summary>The state's arrays, each of the range's length (Adam: m, v). For hand-over and checkpoints.</summary>
    public IReadOnlyList<FloatBuffer> State => _state;

    /// <summary>
    /// Turns version t into version t + 1. Pointers are to the range's first element. The gradient is the root's sum; it is multiplied
    /// once by the float32 reciprocal of <paramref name="denominator"/>. <paramref name="current"/> stays as it is.
    /// </summary>
    /// <param name="step">t, counted from 0: Adam's exponent is t + 1.</param>
    public void Update(float* current, float* next, float* gradientSum, double denominator, long step) =>
        Update(current, next, gradientSum, new StepSums(0, denominator, 0), step);

    /// <inheritdoc cref="Update(float*, float*, float*, double, long)"/>
    public void Update(float* current, float* next, float* gradientSum, in StepSums sums, long step) =>
        Update(0, _length, current, next, gradientSum, null, sums, 0, step);

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
    /// <param name="step">t, counted from 0.</param>
    public void Update(
        int begin, int length, float* current, float* next, float* gradientSum, float* addend, in StepSums sums, long addendRows, long step)
    {
        var scale = (float)(1 / sums.Denominator);
        if (_begin + begin + length > _layout.TrainedLength)
        {
            UpdateMoments(begin, current, next, gradientSum, addend, sums.Samples, addendRows);
            length = Math.Max(0, _layout.TrainedLength - _begin - begin);
        }

        for (var done = 0; done < length; done += ParameterLayout.BlockLength)
        {
            var block = Math.Min(ParameterLayout.BlockLength, length - done);
            if (addend is not null)
                GradientSum.Add(gradientSum + done, addend + done, block);
            UpdateBlock(begin + done, block, current + done, next + done, gradientSum + done, scale, step);
        }

        // The state's memory is freed with its last reference, and the kernels hold addresses only.
        GC.KeepAlive(this);
    }

    public void Dispose()
    {
        foreach (var buffer in _state)
            buffer.Dispose();
    }

    /// <summary>Running statistics, which lie behind the parameters: all of them in one part.</summary>
    private void UpdateMoments(int begin, float* current, float* next, float* moments, float* addend, long rows, long addendRows)
    {
        var first = _begin + begin;
        foreach (var running in _layout.Moments)
        {
            if (addend is not null)
                running.Merge(moments - first, rows - addendRows, addend - first, addendRows);
            running.Update(current - first, next - first, moments - first, rows);
        }
    }

    /// <summary>Updates the elements from begin on, counted in the range; the pointers are to the first of them.</summary>
    private void UpdateBlock(int begin, int length, float* current, float* next, float* gradientSum, float scale, long step)
    {
        foreach (var (spanBegin, spanLength, penalty) in _spans)
        {
            var from = Math.Max(begin, spanBegin);
            var to = Math.Min(begin + length, spanBegin + spanLength);
            if (from >= to)
                continue;
            var offset = from - begin;
            var span = new UpdateSpan
            {
                Current = current + offset,
                Next = next + offset,
                GradientSum = gradientSum + offset,
                First = _state.Length > 0 ? _state[0].Pointer + from : null,
                Second = _state.Length > 1 ? _state[1].Pointer + from : null,
                Length = to - from,
                Scale = scale,
                Penalty = penalty,
            };
            _rule.Apply(span, step);
        }
    }

    /// <summary>The parameters that lie in the range, cut at its borders: weights with the penalty, biases without.</summary>
    private static List<(int Begin, int Length, PenaltySpec Penalty)> PenaltySpans(
        PenaltySpec penalty, ParameterLayout layout, int begin, int length)
    {
        var spans = new List<(int Begin, int Length, PenaltySpec Penalty)>();
        foreach (var parameter in layout.Parameters)
        {
            var from = Math.Max(begin, parameter.Offset);
            var to = Math.Min(begin + length, parameter.Offset + parameter.Length);
            if (from < to)
                spans.Add((from - begin, to - from, parameter.IsWeight ? penalty : default));
        }

        return spans;
    }
}
