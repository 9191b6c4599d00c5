namespace DistributedTrainer.Numerics;

/// <summary>
/// Reductions of an array (n) to one value, at the process's vector width, with the same bits at every width: 32 logical lanes,
/// element i in lane i mod 32, joined along a fixed tree. <see cref="ReductionReference"/> is the definition.
/// </summary>
public static unsafe class Reduction
{
    /// <summary>Sum of x; +0 for n = 0.</summary>
    public static float Sum(float* x, int n) => Sum(x, n, VectorPath.Current);

    /// <summary>Sum of x[i]·y[i], each product entering its lane by fused multiply-add.</summary>
    public static float Dot(float* x, float* y, int n) => Dot(x, y, n, VectorPath.Current);

    /// <summary>Sum of x[i]².</summary>
    public static float SumOfSquares(float* x, int n) => Dot(x, x, n, VectorPath.Current);

    /// <summary>The greatest element; NaN where any is NaN; −∞ for n = 0. Which zero of +0 and −0 comes out is fixed but unspecified.</summary>
    public static float Max(float* x, int n) => Max(x, n, VectorPath.Current);

    /// <summary>Index of the greatest element, the lowest of equals (+0 equals −0). A NaN counts as the greatest, as in PyTorch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">n is below 1.</exception>
    public static int ArgMax(float* x, int n) => ArgMax(x, n, VectorPath.Current);

    internal static float Sum(float* x, int n, VectorWidth width) => Run(new SumForm(x), n, width);

    internal static float Dot(float* x, float* y, int n, VectorWidth width) => Run(new DotForm(x, y), n, width);

    internal static float Max(float* x, int n, VectorWidth width) => Run(new MaxForm(x), n, width);

    internal static int ArgMax(float* x, int n, VectorWidth width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        var kernel = new FindKernel(x, n, Max(x, n, width));
        VectorPath.Run(ref kernel, width);
        return kernel.Index;
    }

    private static float Run<TForm>(TForm form, int n, VectorWidth width)
        where TForm : struct, IReduction
    {
        var kernel = new ReductionKernel<TForm>(form, n);
        VectorPath.Run(ref kernel, width);
        return kernel.Result;
    }
}
