namespace DistributedTrainer.Learning;

/// <summary>From logits to classes, with ties going to the lowest index.</summary>
public static class Classes
{
    /// <summary>The index of the largest logit; 0 where all are NaN.</summary>
    public static int ArgMax(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best] || (float.IsNaN(logits[best]) && !float.IsNaN(logits[i])))
                best = i;
        }

        return best;
    }

    /// <summary>How many classes come before <paramref name="index"/>: 0 for the arg-max. A class whose logit is NaN comes last.</summary>
    public static int Rank(ReadOnlySpan<float> logits, int index)
    {
        var own = logits[index];
        if (float.IsNaN(own))
            return logits.Length - 1;
        var rank = 0;
        for (var i = 0; i < logits.Length; i++)
        {
            if (logits[i] > own || (logits[i] == own && i < index))
                rank++;
        }

        return rank;
    }
}
