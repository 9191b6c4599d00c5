namespace DistributedTrainer.Numerics.Tests;

internal static class Ulp
{
    /// <summary>Distance from the exact value in units in the last place of a float of that size (of the smallest, for subnormals).</summary>
    public static double Distance(float found, double exact)
    {
        // Half an ulp above the greatest float and beyond, infinity is right.
        if (float.IsInfinity((float)exact) || float.IsNaN((float)exact))
            return Samples.SameBits((float)exact, found) ? 0 : double.PositiveInfinity;
        var unit = Math.Abs(exact) < 1.17549435e-38 ? float.Epsilon : Math.ScaleB(1, Math.ILogB(exact) - 23);
        var distance = Math.Abs(found - exact) / unit;
        return double.IsNaN(distance) ? double.PositiveInfinity : distance;
    }
}
