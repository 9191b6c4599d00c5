using System.Globalization;

namespace DistributedTrainer.Data;

/// <summary>The classes of the training rows, sorted (numbers by value, else by code unit), and targets as indexes into them.</summary>
internal sealed class ClassIndex(IReadOnlyList<string> names)
{
    private readonly Dictionary<string, int> _index =
        names.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);

    public IReadOnlyList<string> Names => names;

    /// <exception cref="DataException">A binary target without exactly two classes, or fewer than two classes.</exception>
    public static ClassIndex Fit(SourceRows source, int[] training, TargetType target)
    {
        var labels = source.Labels!;
        var seen = new bool[labels.Values.Count];
        foreach (var row in training)
            seen[labels.Codes[row]] = true;
        var names = LabelColumn.Sort(labels.Values.Where((_, code) => seen[code]));
        if (target == TargetType.Binary && names.Count != 2)
        {
            throw new DataException($"{source.Name}: {Describe(names)} in the training rows; a binary loss needs exactly two classes. "
                + "Use cross-entropy for more.");
        }

        if (names.Count < 2)
            throw new DataException($"{source.Name}: {Describe(names)} in the training rows; at least two are needed to tell apart.");
        return new ClassIndex(names);
    }

    /// <summary>Targets (rows, 1): the class index as a float.</summary>
    /// <exception cref="DataException">A label that the training rows never had; the message names its place.</exception>
    public RowSource ToTargets(SourceRows source)
    {
        var labels = source.Labels!;
        var indexOfCode = new int[labels.Values.Count];
        for (var code = 0; code < indexOfCode.Length; code++)
            indexOfCode[code] = _index.GetValueOrDefault(labels.Values[code], -1);

        var targets = new float[labels.Count];
        for (var row = 0; row < targets.Length; row++)
        {
            var code = labels.Codes[row];
            if (indexOfCode[code] < 0)
            {
                throw new DataException($"{source.Place(row)}: class '{labels.Values[code]}' is not among "
                    + $"the training rows' {Describe(names)}{NearestName.Ending(labels.Values[code], names)}");
            }

            targets[row] = indexOfCode[code];
        }

        return new MemoryRows(targets, 1);
    }

    private static string Describe(IReadOnlyList<string> names)
    {
        var listed = string.Join(", ", names.Take(10)) + (names.Count > 10 ? ", …" : "");
        return string.Create(CultureInfo.InvariantCulture, $"{names.Count} {(names.Count == 1 ? "class" : "classes")} ({listed})");
    }
}
