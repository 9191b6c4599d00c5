using System.Globalization;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Cli;

/// <summary>The model, a line a layer.</summary>
internal static class ModelTable
{
    /// <param name="inputShape">One input without the batch axis; empty where it is not known here.</param>
    public static void Write(TextWriter output, IReadOnlyList<LayerSummary> layers, IReadOnlyList<int> inputShape)
    {
        List<IReadOnlyList<string>> rows = [];
        if (inputShape.Count > 0)
            rows.Add(["input", "", Shape(inputShape), ""]);
        rows.AddRange(layers.Select(layer => (IReadOnlyList<string>)[layer.Name, layer.Kind, Shape(layer.OutputShape), Count(layer.Parameters)]));
        rows.Add(["total", "", "", Count(layers.Sum(layer => layer.Parameters))]);
        TextTable.Write(output, ["layer", "kind", "output", "parameters"], [false, false, true, true], rows);
    }

    /// <summary>(28, 28); one number stands alone.</summary>
    public static string Shape(IReadOnlyList<int> shape) => shape.Count == 1 ? Count(shape[0]) : $"({string.Join(", ", shape)})";

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
