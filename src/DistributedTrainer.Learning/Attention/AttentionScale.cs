namespace DistributedTrainer.Learning;

/// <summary>Scores of attention before the soft-max.</summary>
internal static unsafe class AttentionScale
{
    private const int WidestVector = 16;

    /// <summary>1 / √head: keeps the scores' variance (Vaswani et al. 2017).</summary>
    public static float Of(int headWidth) => (float)(1 / Math.Sqrt(headWidth));

    /// <summary>Behind the visible scores −∞, up to the end of the widest vector.</summary>
    public static void Hide(float* scores, int visible)
    {
        for (var i = visible; i % WidestVector != 0; i++)
            scores[i] = float.NegativeInfinity;
    }
}
