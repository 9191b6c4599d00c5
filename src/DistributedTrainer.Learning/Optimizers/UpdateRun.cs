namespace DistributedTrainer.Learning;

/// <summary>Neighbouring elements of a range that are updated alike.</summary>
/// <param name="Begin">Counted in the range.</param>
/// <param name="Penalty">L1 and L2.</param>
/// <param name="Decays">Whether AdamW's decay takes them.</param>
/// <param name="IsFrozen">They stay as they are.</param>
internal readonly record struct UpdateRun(int Begin, int Length, PenaltySpec Penalty, bool Decays, bool IsFrozen)
{
    /// <summary>The trained elements of a range: in one run where nothing tells them apart.</summary>
    /// <param name="spec">What is done with which parameters.</param>
    /// <param name="layout">The whole vector's layout.</param>
    /// <param name="begin">The range's first element.</param>
    /// <param name="length">Its trained elements.</param>
    public static List<UpdateRun> Of(UpdateSpec spec, ParameterLayout layout, int begin, int length)
    {
        var decaysAll = spec.Optimizer is not AdamW { DecayOn: DecayOn.Weights };
        if (spec.Penalty.IsNone && spec.Frozen.Count == 0 && decaysAll)
            return [new UpdateRun(0, length, default, true, false)];
        var runs = new List<UpdateRun>();
        foreach (var parameter in layout.Parameters)
        {
            var from = Math.Max(begin, parameter.Offset);
            var to = Math.Min(begin + length, parameter.Offset + parameter.Length);
            if (from >= to)
                continue;
            runs.Add(new UpdateRun(
                from - begin,
                to - from,
                parameter.IsWeight ? spec.Penalty : default,
                decaysAll || parameter.IsWeight,
                FrozenLayers.Holds(spec.Frozen, parameter)));
        }

        return runs;
    }
}
