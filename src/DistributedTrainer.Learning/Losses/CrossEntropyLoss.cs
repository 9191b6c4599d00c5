using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// −Σ q_i·log softmax(x)_i for the logits x of each position, with q = (1 − ε) on the position's class plus ε / classes everywhere; a
/// row has one position or, in a sequence, several, whose losses are added in 32 lanes. The mean is over positions: samples, or tokens.
/// The gradient by x is softmax(x) − q. Predictions are (rows, positions, classes), targets (rows, positions).
/// </summary>
internal sealed unsafe class CrossEntropyLoss : LossFunction
{
    private readonly int _classes;
    private readonly int _positions;
    private readonly float _onClass;
    private readonly float _everywhere;

    /// <param name="classes">Logits at a position.</param>
    /// <param name="positions">Positions in a row.</param>
    /// <param name="labelSmoothing">ε, from 0 to below 1.</param>
    public CrossEntropyLoss(int classes, int positions, double labelSmoothing)
    {
        _classes = classes;
        _positions = positions;
        _onClass = (float)(1 - labelSmoothing);
        _everywhere = (float)(labelSmoothing / classes);
    }

    public override int DenominatorPerRow => _positions;

    public override void Evaluate(int rows, float* prediction, float* target, float* losses, float* gradient)
    {
        CheckClasses(new(target, checked(rows * _positions)));
        var kernel = new CrossEntropyKernel
        {
            Rows = rows,
            Positions = _positions,
            Classes = _classes,
            Logits = prediction,
            Targets = target,
            Losses = losses,
            Gradient = gradient,
            OnClass = _onClass,
            Everywhere = _everywhere,
        };
        if (_positions > 1 || _classes > CrossEntropyRowsKernel.MaxClasses)
        {
            VectorPath.Run(ref kernel);
            return;
        }

        var byRows = new CrossEntropyRowsKernel { Of = kernel };
        VectorPath.Run(ref byRows);
    }

    private void CheckClasses(ReadOnlySpan<float> targets)
    {
        foreach (var target in targets)
        {
            var index = (int)target;
            if (index != target || (uint)index >= (uint)_classes)
            {
                throw new ArgumentException(
                    $"A class target is {target}; with {_classes} classes it must be an index from 0 to {_classes - 1}.");
            }
        }
    }
}
