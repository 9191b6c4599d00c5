using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>Interim stand-ins until the vectorized core's own functions are merged: right values, no promise on bits, slow.</summary>
internal static unsafe class VectorMath
{
    public static TVector Exp<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => Each(x, Math.Exp);

    public static TVector Log<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => Each(x, Math.Log);

    public static TVector Tanh<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => Each(x, Math.Tanh);

    public static TVector Erf<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => Each(x, Erf);

    private static TVector Each<TVector>(TVector x, Func<double, double> function)
        where TVector : struct, IVector<TVector>
    {
        var lanes = stackalloc float[16];
        TVector.Store(x, lanes);
        for (var i = 0; i < TVector.Count; i++)
            lanes[i] = (float)function(lanes[i]);
        return TVector.Load(lanes);
    }

    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        var (sum, term) = (x, x);
        for (var n = 1; n < 200; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }

        return sum * 2 / Math.Sqrt(Math.PI);
    }
}

internal static unsafe class Reductions
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

internal interface IUnaryOp
{
    TVector Apply<TVector>(TVector x)
        where TVector : struct, IVector<TVector>;
}

internal interface IBinaryOp
{
    TVector Apply<TVector>(TVector x, TVector y)
        where TVector : struct, IVector<TVector>;
}

internal static unsafe class VectorMap
{
    public static void Run<TOp>(TOp op, float* x, float* result, int length)
        where TOp : struct, IUnaryOp
    {
        for (var i = 0; i < length; i++)
            Lanes1.Store(op.Apply(Lanes1.Load(x + i)), result + i);
    }

    public static void Run<TOp>(TOp op, float* x, float* y, float* result, int length)
        where TOp : struct, IBinaryOp
    {
        for (var i = 0; i < length; i++)
            Lanes1.Store(op.Apply(Lanes1.Load(x + i), Lanes1.Load(y + i)), result + i);
    }
}

internal static class Philox
{
    public static void FillUniform(Span<float> destination, ulong seed, RandomPurpose purpose, ulong stream, float low, float high)
    {
        var state = seed * 0x9e3779b97f4a7c15 ^ stream ^ ((ulong)purpose << 56);
        foreach (ref var value in destination)
            value = low + (high - low) * Next(ref state);
    }

    public static void FillNormal(Span<float> destination, ulong seed, RandomPurpose purpose, ulong stream, float deviation)
    {
        var state = seed * 0x9e3779b97f4a7c15 ^ stream ^ ((ulong)purpose << 56);
        foreach (ref var value in destination)
        {
            var radius = Math.Sqrt(-2 * Math.Log(1 - Next(ref state)));
            value = deviation * (float)(radius * Math.Cos(2 * Math.PI * Next(ref state)));
        }
    }

    private static float Next(ref ulong state)
    {
        var z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return ((z ^ (z >> 31)) >> 40) * 5.9604645e-8f;
    }
}
