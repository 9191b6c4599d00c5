using DistributedTrainer.Numerics;

namespace DistributedTrainer.Learning;

/// <summary>
/// An element-wise activation y = f(x) and the gradient by x given the gradient by y. The backward pass sees what the layer kept:
/// x where <see cref="KeepsSum"/>, else y alone, which then takes x's place in memory.
/// </summary>
internal interface IElementFunction
{
    /// <summary>True where the derivative needs x; false where it follows from y.</summary>
    static abstract bool KeepsSum { get; }

    static abstract TVector Forward<TVector>(TVector x)
        where TVector : struct, IVector<TVector>;

    /// <param name="kept">x or y.</param>
    /// <param name="upstream">Gradient by y.</param>
    static abstract TVector Backward<TVector>(TVector kept, TVector upstream)
        where TVector : struct, IVector<TVector>;
}

/// <summary>A function whose derivative costs less beside its value than alone, and whose gradient is the upstream's times it.</summary>
internal interface ISlopeFunction : IElementFunction
{
    /// <param name="x">The sum.</param>
    /// <param name="slope">f'(x), by which <see cref="IElementFunction.Backward"/> multiplies.</param>
    static abstract TVector Forward<TVector>(TVector x, out TVector slope)
        where TVector : struct, IVector<TVector>;
}
