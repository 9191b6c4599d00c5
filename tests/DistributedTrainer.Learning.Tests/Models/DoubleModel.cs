namespace DistributedTrainer.Learning.Tests;

/// <summary>
/// The model once more, in double and by the textbook: dense layers, activations and the summed loss. Written apart from the
/// product, it is what finite differences are taken of.
/// </summary>
internal sealed class DoubleModel(IReadOnlyList<Dense> layers, LossSpec loss, int inputs)
{
    /// <summary>Summed loss over rows of x (rows, inputs) and y, for parameters in layout order.</summary>
    public double Loss(double[] parameters, float[] x, float[] y)
    {
        var rows = x.Length / inputs;
        var targets = y.Length / rows;
        var sum = 0.0;
        for (var row = 0; row < rows; row++)
        {
            var output = Forward(parameters, [.. x.AsSpan(row * inputs, inputs).ToArray()]);
            sum += RowLoss(output, y.AsSpan(row * targets, targets));
        }

        return sum;
    }

    private double[] Forward(double[] parameters, double[] x)
    {
        var offset = 0;
        foreach (var layer in layers)
        {
            var (weight, bias) = (offset, offset + layer.Units * x.Length);
            var input = x;
            x = new double[layer.Units];
            for (var unit = 0; unit < layer.Units; unit++)
            {
                x[unit] = layer.Bias ? parameters[bias + unit] : 0;
                for (var i = 0; i < input.Length; i++)
                    x[unit] += parameters[weight + unit * input.Length + i] * input[i];
            }

            offset = bias + (layer.Bias ? layer.Units : 0);
            x = layer.Activation == Activation.Softmax ? Softmax(x) : [.. x.Select(value => Activate(layer.Activation, value))];
        }

        return x;
    }

    private static double Activate(Activation activation, double x) => activation switch
    {
        Activation.Relu => Math.Max(x, 0),
        Activation.LeakyRelu => x > 0 ? x : 0.01 * x,
        Activation.Elu => x > 0 ? x : Math.Exp(x) - 1,
        Activation.Sigmoid => 1 / (1 + Math.Exp(-x)),
        Activation.Tanh => Math.Tanh(x),
        Activation.Gelu => x * (1 + Erf(x / Math.Sqrt(2))) / 2,
        Activation.GeluTanh => x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2,
        Activation.Silu => x / (1 + Math.Exp(-x)),
        Activation.Softplus => Math.Log(1 + Math.Exp(x)),
        _ => x,
    };

    private static double[] Softmax(double[] x)
    {
        var exponentials = x.Select(value => Math.Exp(value - x.Max())).ToArray();
        return [.. exponentials.Select(value => value / exponentials.Sum())];
    }

    private double RowLoss(double[] output, ReadOnlySpan<float> target)
    {
        if (loss is CrossEntropy crossEntropy)
        {
            var log = Softmax(output).Select(value => Math.Log(value)).ToArray();
            return -(1 - crossEntropy.LabelSmoothing) * log[(int)target[0]] - crossEntropy.LabelSmoothing * log.Average();
        }

        var sum = 0.0;
        for (var i = 0; i < output.Length; i++)
        {
            var error = output[i] - target[i];
            sum += loss switch
            {
                MeanSquaredError => error * error,
                MeanAbsoluteError => Math.Abs(error),
                Huber huber when Math.Abs(error) <= huber.Delta => error * error / 2,
                Huber huber => huber.Delta * (Math.Abs(error) - huber.Delta / 2),
                _ => Math.Log(1 + Math.Exp(output[i])) - target[i] * output[i],
            };
        }

        return sum;
    }

    /// <summary>Maclaurin series of the error function; exact in double for the small arguments of these tests.</summary>
    private static double Erf(double x)
    {
        var (sum, term) = (x, x);
        for (var n = 1; n < 100; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
