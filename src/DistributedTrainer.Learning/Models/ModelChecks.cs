namespace DistributedTrainer.Learning;

/// <summary>What must hold of a model before it is built. Each message names the layer, what was found and what is needed.</summary>
internal static class ModelChecks
{
    public static int InputLength(IReadOnlyList<int> inputShape)
    {
        var length = 1L;
        foreach (var size in inputShape)
        {
            length *= size;
            if (size < 1 || length > int.MaxValue)
                throw new ModelException($"The input shape is {Shape(inputShape)}; every size must be at least 1 and their product below 2^31.");
        }

        return (int)length;
    }

    /// <summary>Sizes are positive and the parameter vector stays below 2³¹ floats.</summary>
    public static void ParametersFit(LayerSpec spec, string name, int inputLength, int offset)
    {
        if (spec is not Dense dense)
            return;
        if (dense.Units < 1)
            throw new ModelException($"Layer '{name}' has {dense.Units} units; it needs at least 1.");
        var end = offset + ((long)dense.Units * (inputLength + 1L));
        if (end > int.MaxValue)
        {
            throw new ModelException(
                $"Layer '{name}' of shape ({dense.Units}, {inputLength}) brings the model to {end} parameters; at most {int.MaxValue} fit.");
        }
    }

    public static void OutputFitsLoss(Layer last, LossSpec loss, int targetLength, int classes)
    {
        var (needed, reason) = loss.Target switch
        {
            TargetKind.Class => (classes, $"one output for each of {classes} classes"),
            TargetKind.Binary => (1, "one output, the logit of class 1"),
            _ => (targetLength, $"one output for each of {targetLength} target columns"),
        };
        if (loss.Target == TargetKind.Class && classes < 2)
            throw new ModelException($"Loss {LossName(loss)} needs at least 2 classes, the target has {classes}.");
        if (loss.Target == TargetKind.Binary && classes is not (0 or 2))
            throw new ModelException($"Loss {LossName(loss)} needs 2 classes, the target has {classes}; use cross-entropy.");
        if (loss.Target != TargetKind.Values && targetLength != 1)
            throw new ModelException($"Loss {LossName(loss)} needs one target column, the data has {targetLength}.");
        if (last.OutputLength != needed)
        {
            throw new ModelException(
                $"Layer '{last.Name}' gives {Shape(last.OutputShape)}, but loss {LossName(loss)} needs {Shape([needed])}: {reason}.");
        }
    }

    /// <summary>Both cross-entropies apply softmax or sigmoid themselves; applied twice, training still runs and learns badly.</summary>
    public static void LossTakesLogits(LayerSpec last, string name, LossSpec loss)
    {
        var activation = (last as Dense)?.Activation;
        var repeated = (loss, activation) switch
        {
            (CrossEntropy, Activation.Softmax) => "softmax",
            (BinaryCrossEntropy, Activation.Sigmoid) => "sigmoid",
            _ => null,
        };
        if (repeated is not null)
        {
            throw new ModelException(
                $"Layer '{name}' ends in {repeated}, but loss {LossName(loss)} takes logits and applies {repeated} itself: remove the activation.");
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

    private static string Shape(IReadOnlyList<int> shape) => $"({string.Join(", ", shape)})";
}
