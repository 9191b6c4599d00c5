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
        CheckClasses(new(target, rows));
        var kernel = new CrossEntropyKernel
        {
            Rows = rows,
            Classes = _classes,
            Logits = prediction,
            Targets = target,
            Losses = losses,
            Gradient = gradient,
            OnClass = _onClass,
            Everywhere = _everywhere,
        };
        if (_classes > CrossEntropyRowsKernel.MaxClasses)
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
