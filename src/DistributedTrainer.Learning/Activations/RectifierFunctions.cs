using System.Runtime.CompilerServices;
using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>max(x, 0); NaN passes, and the derivative at 0 is 0.</summary>
internal readonly struct ReluFunction : IElementFunction
{
    public static bool KeepsSum => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Forward<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => Signs.Positive(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Backward<TVector>(TVector kept, TVector upstream)
        where TVector : struct, IVector<TVector>
        => TVector.SelectLessOrEqual(kept, TVector.Zero, TVector.Zero, upstream);
}

/// <summary>x where x &gt; 0, else 0.01·x (Maas et al. 2013). y has the sign of x, so y tells which side it was.</summary>
internal readonly struct LeakyReluFunction : IElementFunction
{
    private const float Slope = 0.01f;

    public static bool KeepsSum => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Forward<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => TVector.SelectLessOrEqual(x, TVector.Zero, TVector.Broadcast(Slope) * x, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Backward<TVector>(TVector kept, TVector upstream)
        where TVector : struct, IVector<TVector>
        => TVector.SelectLessOrEqual(kept, TVector.Zero, TVector.Broadcast(Slope) * upstream, upstream);
}

/// <summary>x where x &gt; 0, else e^x − 1 (Clevert et al. 2016, α = 1), whose derivative is y + 1.</summary>
internal readonly struct EluFunction : IElementFunction
{
    public static bool KeepsSum => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Forward<TVector>(TVector x)
        where TVector : struct, IVector<TVector>
        => TVector.SelectLessOrEqual(x, TVector.Zero, VectorMath.ExpM1(x), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Backward<TVector>(TVector kept, TVector upstream)
        where TVector : struct, IVector<TVector>
        => TVector.SelectLessOrEqual(kept, TVector.Zero, upstream * (kept + TVector.Broadcast(1)), upstream);
}
