using System.Globalization;
using DistributedTrainer.Learning;

namespace DistributedTrainer.Coordination;

/// <summary>A layer of the model table as a line of text, <c>hidden⇥dense⇥28,28⇥6240</c>: control messages hold strings and numbers only.</summary>
public static class LayerLine
{
    public static string Format(LayerSummary layer) =>
        string.Create(CultureInfo.InvariantCulture, $"{layer.Name}\t{layer.Kind}\t{string.Join(',', layer.OutputShape)}\t{layer.Parameters}");

    /// <summary>The layer that <see cref="Format"/> was given.</summary>
    public static LayerSummary Parse(string line)
    {
        var cells = line.Split('\t');
        return new LayerSummary(cells[0], cells[1], [.. cells[2].Split(',').Select(Number)], Number(cells[3]));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
