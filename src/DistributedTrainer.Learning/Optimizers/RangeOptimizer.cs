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
        _rule = UpdateRule.For(optimizer);
        _state = [.. Enumerable.Range(0, _rule.Moments).Select(_ => new FloatBuffer(length))];
        _spans = penalty.IsNone ? [(0, length, penalty)] : PenaltySpans(penalty, layout, begin, length);
    }

    /// <summary>The state's arrays, each of the range's length (Adam: m, v). For hand-over and checkpoints.</summary>
    public IReadOnlyList<FloatBuffer> State => _state;

    /// <summary>
    /// Turns version t into version t + 1. Pointers are to the range's first element. The gradient is the root's sum; it is multiplied
    /// once by the float32 reciprocal of <paramref name="denominator"/>. <paramref name="current"/> stays as it is.
    /// </summary>
    /// <param name="step">t, counted from 0: Adam's exponent is t + 1.</param>
    public void Update(float* current, float* next, float* gradientSum, double denominator, long step)
    {
        var scale = (float)(1 / denominator);
        var first = _state.Length > 0 ? _state[0].Pointer : null;
        var second = _state.Length > 1 ? _state[1].Pointer : null;
        foreach (var (begin, length, penalty) in _spans)
        {
            var span = new UpdateSpan
            {
                Current = current + begin,
                Next = next + begin,
                GradientSum = gradientSum + begin,
                First = first + begin,
                Second = second + begin,
                Length = length,
                Scale = scale,
                Penalty = penalty,
            };
            _rule.Apply(span, step);
        }

        // The state's memory is freed with its last reference, and the kernels hold addresses only.
        GC.KeepAlive(this);
    }

    public void Dispose()
    {
        foreach (var buffer in _state)
            buffer.Dispose();
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
