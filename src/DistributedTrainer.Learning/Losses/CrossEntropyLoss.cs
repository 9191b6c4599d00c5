using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// −Σ q_i·log softmax(x)_i for each row of logits x, with q = (1 − ε) on the row's class plus ε / classes everywhere; the mean is
/// over samples. The gradient by x is softmax(x) − q.
/// </summary>
internal sealed unsafe class CrossEntropyLoss : LossFunction
{
    private readonly int _classes;
    private readonly float _onClass;
    private readonly float _everywhere;

    /// <param name="classes">Logits in a row.</param>
    /// <param name="labelSmoothing">ε, from 0 to below 1.</param>
    public CrossEntropyLoss(int classes, double labelSmoothing)
    {
        _classes = classes;
        _onClass = (float)(1 - labelSmoothing);
        _everywhere = (float)(labelSmoothing / classes);
    }

    public override int DenominatorPerRow => 1;

    public override void Evaluate(int rows, float* prediction, float* target, float* losses, float* gradient)
    {
        for (var row = 0; row < rows; row++, prediction += _classes, gradient += _classes)
            losses[row] = Row(prediction, Class(target[row]), gradient);
    }

    private float Row(float* logits, int actual, float* gradient)
    {
        // log softmax(x)_i = (x_i - max) - log Σ e^(x_j - max): no term overflows, and the log's argument is at least 1.
        var max = Reduction.Max(logits, _classes);
        var shiftedSum = 0f;
        if (_everywhere != 0)
        {
            Elementwise.Map(new Shift(max), logits, gradient, _classes);
            shiftedSum = Reduction.Sum(gradient, _classes);
        }

        Elementwise.Map(new ShiftedExp(max), logits, gradient, _classes);
        var sum = Reduction.Sum(gradient, _classes);
        var logSum = VectorMath.Log(sum);
        var loss = _onClass * (logSum - (logits[actual] - max)) + _everywhere * (_classes * logSum - shiftedSum);
        Elementwise.Map(new Gradient(1 / sum, _everywhere), gradient, gradient, _classes);
        gradient[actual] -= _onClass;
        return loss;
    }

    private int Class(float target)
    {
        var index = (int)target;
        if (index != target || (uint)index >= (uint)_classes)
            throw new ArgumentException($"A class target is {target}; with {_classes} classes it must be an index from 0 to {_classes - 1}.");
        return index;
    }

    private readonly struct Shift(float by) : IUnaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TVector>(TVector x)
            where TVector : struct, IVector<TVector>
            => x - TVector.Broadcast(by);
    }

    private readonly struct Gradient(float factor, float everywhere) : IUnaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Apply<TVector>(TVector exponential)
            where TVector : struct, IVector<TVector>
            => exponential * TVector.Broadcast(factor) - TVector.Broadcast(everywhere);
    }
}
