namespace DistributedTrainer.Learning;

/// <summary>What must hold of a model before it is built. Each message names the layer, what was found and what is needed.</summary>
internal static class ModelChecks
{
    public static Shape Input(IReadOnlyList<int> inputShape)
    {
        var length = 1L;
        foreach (var size in inputShape)
        {
            length *= size;
            if (size < 1 || length > int.MaxValue)
                throw new ModelException($"The input shape is {Text(inputShape)}; every size must be at least 1 and their product below 2^31.");
        }

        return new Shape(inputShape);
    }

    public static void OutputFitsLoss(Layer last, LossSpec loss, int targetLength, int classes)
    {
        var (needed, reason) = loss.Target switch
        {
            TargetKind.Class when targetLength > 1 => (
                new Shape(targetLength, classes), $"at each of {targetLength} positions one output for each of {classes} classes"),
            TargetKind.Class => (new Shape(classes), $"one output for each of {classes} classes"),
            TargetKind.Binary => (new Shape(1), "one output, the logit of class 1"),
            _ => (new Shape(targetLength), $"one output for each of {targetLength} target columns"),
        };
        if (loss.Target == TargetKind.Class && classes < 2)
            throw new ModelException($"Loss {LossName(loss)} needs at least 2 classes, the target has {classes}.");
        if (loss.Target == TargetKind.Binary && classes is not (0 or 2))
            throw new ModelException($"Loss {LossName(loss)} needs 2 classes, the target has {classes}; use cross-entropy.");
        if (loss.Target == TargetKind.Binary && targetLength != 1)
            throw new ModelException($"Loss {LossName(loss)} needs one target column, the data has {targetLength}.");
        if (needed.Count == 1 ? last.OutputLength != needed.Elements : !last.OutputShape.Equals(needed))
        {
            throw new ModelException(
                $"Layer '{last.Name}' gives {last.OutputShape}, but loss {LossName(loss)} needs {needed}: {reason}.");
        }
    }

    /// <summary>Both cross-entropies apply softmax or sigmoid themselves; applied twice, training still runs and learns badly.</summary>
    public static void LossTakesLogits(LayerSpec last, LossSpec loss)
    {
        var repeated = (loss, last.EndsIn) switch
        {
            (CrossEntropy, Activation.Softmax) => "softmax",
            (BinaryCrossEntropy, Activation.Sigmoid) => "sigmoid",
            _ => null,
        };
        if (repeated is not null)
        {
            throw new ModelException(
                $"Layer '{last.Name}' ends in {repeated}, but loss {LossName(loss)} takes logits and applies {repeated} itself: remove the activation.");
        }
    }

    private static string LossName(LossSpec loss) => loss switch
    {
        CrossEntropy => "cross-entropy",
        BinaryCrossEntropy => "binary-cross-entropy",
        MeanSquaredError => "mse",
        MeanAbsoluteError => "mae",
        Huber => "huber",
        _ => loss.GetType().Name,
    };

    private static string Text(IReadOnlyList<int> shape) => $"({string.Join(", ", shape)})";
}
