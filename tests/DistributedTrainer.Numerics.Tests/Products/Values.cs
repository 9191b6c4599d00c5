namespace DistributedTrainer.Numerics.Tests;

/// <summary>Where the values of test matrices come from. Seeded, so that a failure repeats.</summary>
public enum Values
{
    Ordinary,

    /// <summary>Magnitudes over the whole range: products underflow to subnormals and zeros, cancel, and overflow.</summary>
    Wild,

    /// <summary>Infinities, NaN, zeros of both signs and subnormals among ordinary values.</summary>
    Special,
}

internal static class ValueSource
{
    private static readonly float[] Specials =
    [
        0f, -0f, float.Epsilon, -float.Epsilon, 1e-40f, float.MaxValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
    ];

    public static Func<float> Of(Values values, int seed)
    {
        var random = new Random(seed);
        return values switch
        {
            Values.Wild => () => (random.NextSingle() - 0.5f) * MathF.ScaleB(1, random.Next(-100, 60)),
            // Rare enough that most elements of a product stay finite.
            Values.Special => () => random.Next(200) == 0 ? Specials[random.Next(Specials.Length)] : random.NextSingle() - 0.5f,
            _ => () => random.NextSingle() - 0.5f,
        };
    }
}
