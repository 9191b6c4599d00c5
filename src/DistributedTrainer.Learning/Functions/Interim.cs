namespace DistributedTrainer.Learning;

/// <summary>Interim stand-in until the vectorized core's reductions are merged.</summary>
internal static unsafe class Reduction
{
    public static float Sum(float* x, int length)
    {
        var lanes = stackalloc float[32];
        new Span<float>(lanes, 32).Clear();
        for (var i = 0; i < length; i++)
            lanes[i % 32] += x[i];
        return Fold(lanes);
    }

    public static float Dot(float* x, float* y, int length)
    {
        var lanes = stackalloc float[32];
        new Span<float>(lanes, 32).Clear();
        for (var i = 0; i < length; i++)
            lanes[i % 32] = MathF.FusedMultiplyAdd(x[i], y[i], lanes[i % 32]);
        return Fold(lanes);
    }

    public static float Max(float* x, int length)
    {
        var max = x[0];
        for (var i = 1; i < length; i++)
            max = x[i] > max ? x[i] : max;
        return max;
    }

    private static float Fold(float* lanes)
    {
        for (var half = 16; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
                lanes[i] += lanes[i + half];
        }

        return lanes[0];
    }
}
