using System.Globalization;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Cli;

/// <summary>Predictions as CSV, a line a row: the class with the probability of every class, or the predicted values.</summary>
internal sealed class PredictionCsv(TextWriter output, LossSpec loss, IReadOnlyList<string> classes, int outputLength)
{
    public void WriteHeader() => output.WriteLine(loss.Target == TargetKind.Values
        ? outputLength == 1 ? "prediction" : string.Join(',', Enumerable.Range(1, outputLength).Select(index => $"prediction_{index}"))
        : string.Join(',', classes.Select(name => Field($"probability_{name}")).Prepend("prediction")));

    /// <param name="outputs">One row of the network: values or logits.</param>
    public unsafe void WriteRow(ReadOnlySpan<float> outputs)
    {
        switch (loss.Target)
        {
            case TargetKind.Values:
                output.WriteLine(string.Join(',', outputs.ToArray().Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
                break;
            case TargetKind.Binary:
                var second = 1 / (1 + Math.Exp(-outputs[0]));
                WriteClass(outputs[0] > 0 ? 1 : 0, [1 - second, second]);
                break;
            default:
                fixed (float* logits = outputs)
                    WriteClass(Reduction.ArgMax(logits, outputs.Length), Softmax(outputs));
                break;
        }
    }

    private void WriteClass(int index, IEnumerable<double> probabilities) => output.WriteLine(string.Join(
        ',', probabilities.Select(value => value.ToString("0.######", CultureInfo.InvariantCulture)).Prepend(Field(classes[index]))));

    private static double[] Softmax(ReadOnlySpan<float> logits)
    {
        var largest = float.MinValue;
        foreach (var logit in logits)
            largest = Math.Max(largest, logit);
        var exponentials = new double[logits.Length];
        for (var index = 0; index < logits.Length; index++)
            exponentials[index] = Math.Exp(logits[index] - largest);
        var sum = exponentials.Sum();
        return [.. exponentials.Select(value => value / sum)];
    }

    /// <summary>Quoted where RFC 4180 asks for it.</summary>
    private static string Field(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
