namespace DistributedTrainer.Numerics;

/// <summary>The definition of the reductions, as plain loops over 32 lanes: what every vector width must equal bit for bit.</summary>
public static class ReductionReference
{
    private const int LaneCount = 32;

    /// <inheritdoc cref="Reduction.Sum(float*, int)"/>
    public static float Sum(ReadOnlySpan<float> x)
    {
        var lanes = new float[LaneCount];
        for (var i = 0; i < x.Length; i++)
            lanes[i % LaneCount] += x[i];
        return SumOfLanes(lanes);
    }

    /// <inheritdoc cref="Reduction.Dot(float*, float*, int)"/>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var lanes = new float[LaneCount];
        for (var i = 0; i < x.Length; i++)
            lanes[i % LaneCount] = MathF.FusedMultiplyAdd(x[i], y[i], lanes[i % LaneCount]);
        return SumOfLanes(lanes);
    }

    /// <inheritdoc cref="Reduction.SumOfSquares"/>
    public static float SumOfSquares(ReadOnlySpan<float> x) => Dot(x, x);

    /// <inheritdoc cref="Reduction.Max(float*, int)"/>
    public static float Max(ReadOnlySpan<float> x)
    {
        var max = float.NegativeInfinity;
        foreach (var value in x)
        {
            if (float.IsNaN(value))
                return value;
            if (max < value)
                max = value;
        }

        return max;
    }

    /// <inheritdoc cref="Reduction.ArgMax(float*, int)"/>
    public static int ArgMax(ReadOnlySpan<float> x)
    {
        ArgumentOutOfRangeException.ThrowIfZero(x.Length);
        var best = 0;
        for (var i = 0; i < x.Length; i++)
        {
            if (float.IsNaN(x[i]))
                return i;
            if (x[best] < x[i])
                best = i;
        }

        return best;
    }

    private static float SumOfLanes(float[] lanes)
    {
        for (var distance = LaneCount / 2; distance > 0; distance /= 2)
        {
            for (var lane = 0; lane < distance; lane++)
                lanes[lane] += lanes[lane + distance];
        }

        return lanes[0];
    }
}
