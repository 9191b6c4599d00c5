using System.Globalization;
using DistributedTrainer.Actors;
using DistributedTrainer.Data;
using DistributedTrainer.Learning;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Cli;

/// <summary>What a model in int8 says otherwise of rows than the model as it was trained.</summary>
/// <param name="Rows">Rows compared.</param>
/// <param name="Others">Rows of another class; null where values are predicted.</param>
/// <param name="Difference">The largest difference of an output.</param>
internal sealed record QuantizationLoss(int Rows, int? Others, double Difference)
{
    public static QuantizationLoss Of(SavedModel model, Examples rows)
    {
        var width = model.Network.OutputLength;
        var trained = new float[(long)rows.Count * width];
        model.Predict(rows, (first, _, outputs) => outputs.Span.CopyTo(trained.AsSpan(first * width)));
        var (others, difference) = (0, 0.0);
        model.Predict(
            rows,
            (first, count, outputs) =>
            {
                for (var row = 0; row < count; row++)
                {
                    var own = outputs.Span.Slice(row * width, width);
                    var other = trained.AsSpan((first + row) * width, width);
                    others += ClassOf(own) == ClassOf(other) ? 0 : 1;
                    for (var index = 0; index < width; index++)
                        difference = Math.Max(difference, Math.Abs((double)own[index] - other[index]));
                }
            },
            quantized: true);
        return new QuantizationLoss(rows.Count, model.Job.Loss.Target == TargetKind.Values ? null : others, difference);
    }

    public override string ToString()
    {
        var difference = Difference.ToString("0.######", CultureInfo.InvariantCulture);
        return Others is { } others
            ? string.Create(CultureInfo.InvariantCulture, $"int8: {others:N0} of {Rows:N0} rows get another class than from the model as trained; outputs differ by {difference} at most")
            : $"int8: predictions differ by {difference} at most from the model as trained";
    }

    private static unsafe int ClassOf(ReadOnlySpan<float> outputs)
    {
        fixed (float* first = outputs)
            return outputs.Length == 1 ? (outputs[0] > 0 ? 1 : 0) : Reduction.ArgMax(first, outputs.Length);
    }
}
