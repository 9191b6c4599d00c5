namespace DistributedTrainer.Numerics;

/// <summary>
/// What a reduction does with its elements, written once for every vector width. A struct; the arrays are its fields.
/// </summary>
internal interface IReduction
{
    /// <summary>What a lane holds before its first element.</summary>
    float Identity { get; }

    /// <summary>The lanes after taking in the elements from <paramref name="index"/> on, one a lane.</summary>
    TVector Take<TVector>(TVector lanes, int index)
        where TVector : struct, IVector<TVector>;

    /// <summary>Two lanes' results as one, the left one having taken the lower elements.</summary>
    TVector Combine<TVector>(TVector left, TVector right)
        where TVector : struct, IVector<TVector>;
}
